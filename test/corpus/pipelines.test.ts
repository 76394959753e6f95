/**
 * Every line of pipelines.json becomes elements, those a graph, and that runs in the engine: the output has the streams
 * that gst-launch gave with the line as it was published.
 */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../cli/demo/verify.ts';
import { collectFindings } from '../../lib/finding.ts';
import {
  elementsOf,
  type Graph,
  graphFromElements,
  graphFromLaunch,
  launchCommand,
  lintGraph,
  loadCatalogue,
  type Outlet,
} from '../../lib/graph/index.ts';
import { createEngine, type Engine } from '../../lib/gst/index.ts';
import { corpusPath, readCorpus } from '../support/corpus.ts';

interface Stream {
  codec: string;
  w?: number;
  h?: number;
  frames?: string;
  channels?: number;
  rate?: string;
}
interface Pipeline {
  id: string;
  launch: string;
  available: boolean;
  missing?: string[];
  severalOutputs?: boolean;
  verify: {
    result: 'pass' | 'fail' | 'ran-but-unusable' | 'not-run';
    sample: string;
    why?: string;
    output?: { container: string; video?: Stream; audio?: Stream; duration?: string };
  };
}

/** Seconds that the length of an output may differ from that of gst-launch: one frame at 25 a second. */
const slack = 0.04;
/** What the shell around the lines filled in. */
const variables: Record<string, string> = { MAXW: '640', newh: '426', BITRATE: '800' };
/** It stops at its first picture, and how many more come out by then is a race: 2 or 3, in gst-launch as well. */
const racing = 'thumbnail-640x360';
const limits = { timeout: 60, stall: 20, inputBytes: 1e9, outputBytes: 1e9 };

const pipelines = readCorpus<Pipeline[]>('pipelines.json');
const by = (...results: Array<Pipeline['verify']['result']>) =>
  pipelines.filter(({ verify }) => results.includes(verify.result)).map((one) => [one.id, one] as const);
const catalogue = loadCatalogue();
let folder: string;
let engine: Engine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-pipelines-'));
  engine = createEngine({ scratchRoot: folder, readable: [corpusPath()] });
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Launch text to elements to a graph, as a Transform goes. */
function convert({ launch }: Pipeline): { graph: Graph; outlets: readonly Outlet[]; faults: string[] } {
  const findings = collectFindings(() => undefined);
  const text = launch.replace(/\$(\w+)/g, (all, name) => variables[name] ?? all);
  const { outlets, ...read } = graphFromLaunch(text, { catalogue }, findings);
  const graph = graphFromElements(elementsOf(read), { outlets, catalogue }, findings);
  lintGraph(graph, catalogue, { outlets }, findings);
  return { graph, outlets, faults: findings.all.filter(({ severity }) => severity === 'error').map(({ message }) => message) };
}

async function run({ id, verify }: Pipeline, graph: Graph, outlets: readonly Outlet[]): Promise<string> {
  const scratch = join(folder, id);
  const [outlet = { name: 'out', directory: false }] = outlets;
  const path = join(scratch, outlet.directory ? 'files/' : 'file');
  await mkdir(join(scratch, outlet.directory ? 'files/frames' : ''), { recursive: true });
  const sample = corpusPath(verify.sample);
  const sourceSize = (await stat(sample)).size;
  const request = {
    graph,
    source: { kind: 'file' as const, path: sample },
    sourceSize,
    outputs: [{ name: outlet.name, path }],
    onMissingStream: 'skip' as const,
    limits,
    scratch,
  };
  await engine.run(request, {}, AbortSignal.timeout(limits.timeout * 1000));
  if (!outlet.directory) return path;
  const [first] = (await readdir(path, { recursive: true })).filter((name) => /\.\w+$/.test(name)).sort();
  return join(path, first ?? '');
}

describe('published pipelines', () => {
  it('are all told of below', () => {
    expect(pipelines.length).toBeGreaterThanOrEqual(29);
    expect([...by('pass'), ...by('fail'), ...by('ran-but-unusable'), ...by('not-run')]).toHaveLength(pipelines.length);
    expect(by('pass').length).toBeGreaterThanOrEqual(20);
  });

  it.each(by('pass'))('%s gives what it gave to gst-launch', async (id, pipeline) => {
    const { graph, outlets, faults } = convert(pipeline);
    expect(faults).toEqual([]);
    const path = await run(pipeline, graph, outlets);
    const { container, duration, streams } = await decode(path);
    const wanted = pipeline.verify.output;
    // a picture is told by the end of its name too
    if (!pipeline.severalOutputs) expect(container).toBe(wanted?.container);
    expect(streams.map(({ kind }) => kind).sort()).toEqual(
      ['audio', 'video'].filter((kind) => wanted?.[kind as 'audio' | 'video']),
    );
    for (const stream of streams) {
      const told = wanted?.[stream.kind as 'audio' | 'video'];
      const { codec, width, height, frames, channels, rate } = stream;
      if (stream.kind === 'video')
        expect([codec, width, height, id === racing ? told?.frames : String(frames)]).toEqual([
          told?.codec,
          told?.w,
          told?.h,
          told?.frames,
        ]);
      else expect([codec, channels, String(rate)]).toEqual([told?.codec, told?.channels, told?.rate]);
      expect(frames).toBeGreaterThan(0);
    }
    if (wanted?.duration !== undefined) expect(Math.abs(duration - Number(wanted.duration))).toBeLessThan(slack);
  });

  it.each(by('pass'))('%s is the same graph again from the command that is shown of it', (_id, pipeline) => {
    const { graph, outlets } = convert(pipeline);
    const findings = collectFindings(() => undefined);
    const again = graphFromLaunch(launchCommand(graph, { catalogue }), { outlets, catalogue }, findings);
    expect(findings.all).toEqual([]);
    expect(elementsOf(again)).toEqual(elementsOf(graph));
  });

  it.each(by('fail'))('%s fails here as it failed there', async (_id, pipeline) => {
    const { graph, outlets, faults } = convert(pipeline);
    const failed = faults[0] ?? (await run(pipeline, graph, outlets).then(() => undefined, String));
    expect(failed).toBeDefined();
  });

  it.each(by('ran-but-unusable'))('%s ends as it ended there, with something that no player takes', async (_id, pipeline) => {
    const { graph, outlets, faults } = convert(pipeline);
    expect(faults).toEqual([]);
    const path = await run(pipeline, graph, outlets);
    expect((await stat(path)).size).toBeGreaterThan(0);
  });

  it.each(by('not-run'))('%s needs what is not installed, and is told so', (_id, pipeline) => {
    const { faults } = convert(pipeline);
    expect(pipeline.missing?.length).toBeGreaterThan(0);
    for (const name of pipeline.missing ?? []) expect(faults).toContainEqual(expect.stringContaining(`no element \`${name}\``));
  });
});
