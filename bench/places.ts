/** Where what is made once is kept: the cache folder of the set-up. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLaunch, runProgram } from './processes.ts';

export const top = fileURLToPath(new URL('../', import.meta.url));
const { env } = process;
export const cache = join(
  env.GST_FUNCTIONS_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gst-functions'),
  'bench',
);
/** Below the checkout, where add-ons are found; of this run alone. */
const bundle = join(top, `.gst-functions/bench.${process.pid}`);

export interface Program {
  /** The gst-functions command, bundled. */
  main: string;
  /** Of Node, as the image has them. */
  options: string[];
  /** Compile cache, plugin registry and malloc, as an image has them. */
  env: NodeJS.ProcessEnv;
  registry: string;
  remove(): Promise<void>;
}

/** The bundle of this very checkout, with all that an image bakes in. */
export async function buildProgram(): Promise<Program> {
  await mkdir(cache, { recursive: true });
  const registry = join(cache, 'registry.bin');
  const baked = { ...env, NODE_COMPILE_CACHE: join(bundle, 'compile-cache'), MALLOC_ARENA_MAX: '2' };
  await runProgram(process.execPath, [join(top, 'scripts/build.ts'), bundle]);
  await runProgram('gst-inspect-1.0', [], { ...env, GST_REGISTRY: registry, GST_REGISTRY_UPDATE: 'yes' });
  const program = {
    main: join(bundle, 'gst-functions.js'),
    options: imageOptions(),
    env: { ...baked, GST_REGISTRY: registry, GST_REGISTRY_UPDATE: 'no', GST_REGISTRY_FORK: 'no', NODE_ENV: 'production' },
    registry,
    remove: () => rm(bundle, { recursive: true, force: true }),
  };
  await runProgram(process.execPath, [join(bundle, 'warm-up.js')], program.env);
  await runProgram(process.execPath, [program.main, '--help'], program.env);
  return program;
}

function imageOptions(): string[] {
  const [, entrypoint] = /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(top, 'Containerfile'), 'utf8')) as unknown as [
    string,
    string,
  ];
  return (JSON.parse(entrypoint) as string[]).slice(1, -1);
}

/** How a file is made, and what size it must have then: a bench over other media is another bench. */
interface Recipe {
  line: string;
  extension: string;
  /** Bytes: at least, at most. */
  size: [number, number];
}

const sound = (seconds: number) =>
  `audiotestsrc num-buffers=${seconds * 100} samplesperbuffer=441 ! audio/x-raw,rate=44100,channels=2 ! voaacenc`;
const moving = (buffers: number, width: number, height: number) =>
  `videotestsrc num-buffers=${buffers} pattern=zone-plate kx2=12 ky2=8 kt=3 ! video/x-raw,format=I420,width=${width},height=${height},framerate=30/1`;
const mp4 = (picture: string, tone: string) =>
  `mp4mux name=m ! filesink location=OUT ${picture} ! queue ! m. ${tone} ! queue ! m.`;
const raw = (buffers: number): Recipe => ({
  line: `videotestsrc num-buffers=${buffers} ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1 ! matroskamux ! filesink location=OUT`,
  extension: 'mkv',
  size: [buffers * 1_382_400, buffers * 1_382_400 * 1.001],
});

const recipes = {
  minute: {
    line: mp4(`${moving(1800, 1280, 720)} ! x264enc speed-preset=ultrafast bitrate=6000`, sound(60)),
    extension: 'mp4',
    size: [43e6, 48e6],
  },
  large: {
    line: mp4(
      'videotestsrc num-buffers=1800 pattern=snow ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1 ! x264enc speed-preset=ultrafast pass=cbr bitrate=26500 key-int-max=30',
      sound(60),
    ),
    extension: 'mp4',
    size: [190e6, 210e6],
  },
  second: {
    line: mp4(`${moving(30, 640, 360)} ! x264enc speed-preset=ultrafast bitrate=1500`, sound(1)),
    extension: 'mp4',
    size: [50e3, 1e6],
  },
  mebibytes10: raw(8),
  gibibyte: raw(777),
} satisfies Record<string, Recipe>;

export type Medium = keyof typeof recipes;

/** Path of the file, made if it is not there. */
export async function medium(name: Medium): Promise<string> {
  const { line, extension, size } = recipes[name] as Recipe;
  const path = join(cache, `${name}.${extension}`);
  await mkdir(cache, { recursive: true });
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}`;
    await runLaunch(line.replace('OUT', draft));
    await rename(draft, path);
  }
  const bytes = (await stat(path)).size;
  if (bytes < size[0] || bytes > size[1]) throw new Error(`${path} has ${bytes} bytes, and should have ${size.join(' to ')}`);
  return path;
}
