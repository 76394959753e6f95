/** The real engine over local files, without storage. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Limits } from '../../lib/events/types.ts';
import type { Graph } from '../../lib/graph/model.ts';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type RunObserver,
  type RunRequest,
  type RunResult,
} from '../../lib/gst/index.ts';

export interface EngineBench {
  engine: Engine;
  /** Folder of its own. */
  folder: string;
  scratchRoot: string;
  run(graph: Graph, source: RunRequest['source'], more?: RunMore): Promise<RunResult & { files: Record<string, string> }>;
  close(): Promise<void>;
}

export interface RunMore {
  outputs?: string[];
  limits?: Partial<Limits>;
  observer?: RunObserver;
  signal?: AbortSignal;
  debug?: RunRequest['debug'];
  onMissingStream?: 'skip' | 'fail';
  sourceSize?: number;
}

const limits: Limits = { timeout: 120, stall: 60, inputBytes: 2 ** 34, outputBytes: 2 ** 34 };

export async function startEngineBench(options: Partial<EngineOptions> = {}): Promise<EngineBench> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-engine-'));
  const scratchRoot = join(folder, 'scratch');
  const engine = createEngine({ scratchRoot, readable: [folder], ...options });
  let runs = 0;
  return {
    engine,
    folder,
    scratchRoot,
    async run(graph, source, more = {}) {
      const scratch = join(scratchRoot, `run${++runs}`);
      await mkdir(scratch, { recursive: true });
      const outputs = (more.outputs ?? ['out']).map((name) => ({ name, path: join(scratch, name) }));
      for (const { path } of outputs) if (path.endsWith('/')) await mkdir(path);
      const result = await engine.run(
        {
          graph,
          source,
          sourceSize: more.sourceSize ?? 0,
          outputs,
          onMissingStream: more.onMissingStream ?? 'skip',
          limits: { ...limits, ...more.limits },
          debug: more.debug,
          scratch,
        },
        more.observer ?? {},
        more.signal ?? new AbortController().signal,
      );
      return { ...result, files: Object.fromEntries(outputs.map(({ name, path }) => [name, path])) };
    },
    async close() {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ids of living processes whose parent is this one, by what /proc says. */
export async function childrenOf(parent: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(ppid) === parent && state !== 'Z' ? [pid] : [];
    }),
  );
  return found.flat();
}

/** Whether a process of that id lives (a zombie does not). */
export async function lives(pid: number): Promise<boolean> {
  const { readFile } = await import('node:fs/promises');
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return stat !== '' && stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
}

/** A chain of elements from the source to the output `out`, each `factory` or `[factory, properties]`. */
export function chain(...elements: Array<string | [factory: string, properties: Graph['nodes'][number]['properties']]>): Graph {
  const nodes = elements.map((element, at) => {
    const [factory, properties] = typeof element === 'string' ? [element, {}] : element;
    return { id: `e${at}`, factory, properties, at };
  });
  const links = nodes.slice(1).map(({ id }, index) => ({ from: { node: `e${index}` }, to: { node: id }, at: index + 1 }));
  return {
    nodes,
    links,
    source: { node: 'e0' },
    outputs: [{ name: 'out', from: { node: `e${nodes.length - 1}` }, at: nodes.length }],
  };
}
