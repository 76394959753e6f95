/**
 * Bundles for images: `node scripts/build.ts [FOLDER]` (default: dist). Flat, because lib/gst looks for the files of its
 * child beside the bundle that it went into. What entries share goes into chunks, so that each loads only what it needs.
 */
import { copyFile, cp, glob, rm } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { catalogueFile } from '../lib/graph/catalogue/index.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const outdir = process.argv[2] ?? join(root, 'dist');

const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // add-ons are files that the linker loads; they stay packages
  external: ['gstreamer-superficial', 'koffi', '@resvg/resvg-js'],
  // packages in the older module format ask for `require`, which a module of the newer one has not
  banner: { js: "import { createRequire as requireOf } from 'node:module'; globalThis.require ??= requireOf(import.meta.url);" },
  minify: true,
  keepNames: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** `functions/<name>/index.ts` becomes `<name>.js`, with the names that Knative Functions looks for. */
async function functionEntries(): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  for await (const path of glob('functions/*/index.ts', { cwd: root })) entries[basename(dirname(path))] = path;
  return entries;
}

/** Bytes of an output with all that it imports at once, not when it is called. */
function bytesAtStart(outputs: Metafile['outputs'], path: string, seen = new Set<string>()): number {
  const output = outputs[path];
  if (output === undefined || seen.has(path)) return 0;
  seen.add(path);
  const imported = output.imports.filter(({ kind }) => kind === 'import-statement');
  return imported.reduce((sum, next) => sum + bytesAtStart(outputs, next.path, seen), output.bytes);
}

await rm(outdir, { recursive: true, force: true });
const [program, child] = await Promise.all([
  build({
    ...common,
    entryPoints: { 'gst-functions': 'cli/main.ts', 'warm-up': 'scripts/warm-up.ts', ...(await functionEntries()) },
    splitting: true,
    chunkNames: 'chunk-[name]-[hash]',
  }),
  // each of the child's files stands alone: a sandboxed process should have few files to find
  build({
    ...common,
    entryPoints: Object.fromEntries(
      ['stage1', 'main', 'scan', 'introspect'].map((name) => [`gst-child-${name}`, `lib/gst/child/${name}.ts`]),
    ),
  }),
]).catch(() => process.exit(1)); // esbuild has said why
await copyFile(join(root, 'lib/graph/catalogue', catalogueFile), join(outdir, catalogueFile)); // read from beside the bundle

// served as they are: functions/dashboard/page-files.ts looks for them beside its bundle
await cp(join(root, 'functions/dashboard/page'), join(outdir, 'dashboard-page'), { recursive: true });

for (const { outputs } of [program.metafile, child.metafile]) {
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined || relative(outdir, join(root, path)).startsWith('chunk-')) continue;
    console.log(`${path}: ${Math.ceil(bytesAtStart(outputs, path) / 1024)} KiB at start`);
  }
}
