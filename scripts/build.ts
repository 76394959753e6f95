/**
 * Bundles for images: `node scripts/build.ts [FOLDER]` (default: dist). Flat, because lib/gst looks for the files of its
 * child beside the bundle that it went into. What entries share goes into chunks, so that each loads only what it needs.
 */
import { copyFile, cp, glob, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { compressedFile, plain, plainFile } from '../lib/graph/catalogue/index.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const outdir = process.argv[2] ?? join(root, 'dist');

/**
 * A module of Node that is imported has all its exports read at once, among them getters that load a good part of Node:
 * those of node:http fetch undici, HTTP/2 and TLS. So what is imported from Node is taken of it by this function instead,
 * and the rest of it is read when somebody asks.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|mjs|js)$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(importOfBuiltin, (whole, names: string, from: string) =>
        isBuiltin(from)
          ? `const ${bindingOf(names)} = /* @__PURE__ */ globalThis.process.getBuiltinModule(${JSON.stringify(from)});`
          : whole,
      );
      return contents === source ? undefined : { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/**
 * Parts of packages that are asked for at once and not used here, with what takes their place: the transports of events,
 * which bring HTTPS and TLS, and those of logs, which bring worker threads and open standard error. By who asks, and for what.
 */
const unused: Array<[from: RegExp, asked: string, contents: string]> = [
  [/\/cloudevents\/dist\/event\/cloudevent\.js$/, '..', ''],
  [/\/pino\/pino\.js$/, './lib/transport', ''],
  [/\/pino\/lib\/tools\.js$/, './transport', ''],
  [/\/pino\/lib\/tools\.js$/, 'sonic-boom', 'module.exports = class {};'],
];

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ importer, path, kind }) => {
      const found = kind === 'require-call' ? unused.findIndex(([from, asked]) => asked === path && from.test(importer)) : -1;
      return found < 0 ? undefined : { path: String(found), namespace: 'unused' };
    });
    onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({ contents: unused[Number(path)]?.[2] ?? '' }));
  },
};

/** `import { one, two as other } from 'node:…';`, `import all from 'node:…';` or `import * as all from 'node:…';` */
const importOfBuiltin = /^import (?!type )(\{[^}]*\}|[\w$]+|\* as [\w$]+) from ['"]([\w:/]+)['"];?/gm;

function bindingOf(names: string): string {
  if (!names.startsWith('{')) return names.replace('* as ', '');
  return names.replace(/\btype [^,}]+,?/g, '').replace(/([\w$]+) as ([\w$]+)/g, '$1: $2');
}

/** What is large and loaded when it is needed, if at all: a bundle each. It must share no state with what is in others. */
const apart: Array<{ asked: RegExp; entry: string; file: string }> = [
  { asked: /^minio$/, entry: 'minio', file: 'package-minio' },
  { asked: /^@kubernetes\/client-node$/, entry: '@kubernetes/client-node', file: 'package-kubernetes' },
  { asked: /^@viz-js\/viz$/, entry: '@viz-js/viz', file: 'package-viz' },
  { asked: /^jpeg-js$/, entry: 'jpeg-js', file: 'package-jpeg' },
  { asked: /^@hono\/node-server$/, entry: '@hono/node-server', file: 'package-node-server' },
  { asked: /\/telemetry-sdk\.ts$/, entry: 'lib/runtime/telemetry-sdk.ts', file: 'telemetry-sdk' },
];

/** Has it imported by the names that it has in `outdir`. */
const loadedApart: Plugin = {
  name: 'loaded-apart',
  setup({ onResolve }) {
    for (const { asked, file } of apart) {
      onResolve({ filter: asked }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${file}.js`, external: true } : undefined,
      );
    }
  },
};

/** Has the command import what is a bundle of its own by the name that it has in `outdir`. */
const ownBundle: Plugin = {
  name: 'own-bundle',
  setup({ onResolve }) {
    onResolve({ filter: /\/transcode\.ts$/ }, ({ importer, kind }) =>
      kind === 'dynamic-import' && importer === join(root, 'cli/serve/index.ts')
        ? { path: './serve-transcode.js', external: true }
        : undefined,
    );
  },
};

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
  sourcemap: 'external', // read by lib/runtime/source-places.ts alone, and only when there is something to tell
  sourcesContent: false,
  metafile: true,
  plugins: [loadedApart, withoutUnused, lazyBuiltins],
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
const [program, transcode, others, child] = await Promise.all([
  build({
    ...common,
    plugins: [ownBundle, loadedApart, withoutUnused, lazyBuiltins],
    entryPoints: { 'gst-functions': 'cli/main.ts', 'warm-up': 'scripts/warm-up.ts', ...(await functionEntries()) },
    splitting: true,
    chunkNames: 'chunk-[name]-[hash]',
  }),
  // One file, whose parts run when they are imported: in chunks it would be twenty, and to find, read and link one of them
  // takes half a millisecond of a cold start.
  build({ ...common, entryPoints: { 'serve-transcode': 'cli/serve/transcode.ts' } }),
  build({ ...common, entryPoints: Object.fromEntries(apart.map(({ file, entry }) => [file, entry])) }),
  // each of the child's files stands alone: a sandboxed process should have few files to find
  build({
    ...common,
    entryPoints: Object.fromEntries(
      ['stage1', 'main', 'scan', 'introspect'].map((name) => [`gst-child-${name}`, `lib/gst/child/${name}.ts`]),
    ),
  }),
]).catch(() => process.exit(1)); // esbuild has said why
// read from beside the bundle
await writeFile(join(outdir, plainFile), plain(await readFile(join(root, 'lib/graph/catalogue', compressedFile))));

await copyFile(join(root, 'lib/gst/child/stage1.pl'), join(outdir, 'gst-child-stage1.pl'));

// served as they are: functions/dashboard/page-files.ts looks for them beside its bundle
await cp(join(root, 'functions/dashboard/page'), join(outdir, 'dashboard-page'), { recursive: true });

for (const { outputs } of [program, transcode, others, child].map(({ metafile }) => metafile)) {
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined || relative(outdir, join(root, path)).startsWith('chunk-')) continue;
    console.log(`${path}: ${Math.ceil(bytesAtStart(outputs, path) / 1024)} KiB at start`);
  }
}
