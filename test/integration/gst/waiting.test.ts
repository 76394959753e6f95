/** Local files: no network is waited for, so what does not move will not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../../cli/demo/verify.ts';
import type { Fault } from '../../../lib/errors.ts';
import type { Graph } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { chain, type EngineBench, startEngineBench } from '../../support/engine.ts';

let bench: EngineBench;
beforeAll(async () => {
  bench = await startEngineBench();
});
afterAll(() => bench?.close());

/** Two branches behind `feeder` into one muxer. */
function twoBranches(feeder: string): Graph {
  const names = ['video', 'audio'];
  const parser: Record<string, string> = { video: 'jpegparse', audio: 'vorbisparse' };
  const node = (id: string, factory: string, at: number) => ({ id, factory, properties: {}, at });
  return {
    nodes: [
      node('d', feeder, 0),
      ...names.flatMap((id) => [node(id, 'queue', 1), node(`${id}-parse`, parser[id] ?? '', 2)]),
      node('mux', 'matroskamux', 3),
    ],
    links: names.flatMap((id) => [
      { from: { node: 'd' }, to: { node: id }, at: 1 },
      { from: { node: id }, to: { node: `${id}-parse` }, at: 2 },
      { from: { node: `${id}-parse` }, to: { node: 'mux' }, at: 3 },
    ]),
    source: { node: 'd' },
    outputs: [{ name: 'out', from: { node: 'mux' }, at: 4 }],
  };
}

describe('a local file', () => {
  it.each(['parsebin', 'matroskademux'])(
    '%s without sound: the branch for sound is cut, the picture is whole',
    async (feeder) => {
      const path = await makeClip(bench.folder, `${feeder}.mkv`, { audio: false });
      const { files, skippedStreams } = await bench.run(twoBranches(feeder), { kind: 'file', path }, { limits: { stall: 5 } });
      expect(skippedStreams).toEqual(['queue']);
      expect((await decode(files.out as string)).streams).toMatchObject([{ codec: 'mjpeg', frames: 15 }]);
    },
  );

  it('that stands still is STALLED for good, not a source to be waited for', async () => {
    const path = await makeClip(bench.folder, 'still.mkv', { audio: false });
    const graph = chain('matroskademux', 'jpegdec', ['valve', { drop: true }], 'jpegenc', 'avimux');
    const failing = bench.run(graph, { kind: 'file', path }, { limits: { stall: 1 } });
    expect(await failing.catch((fault: Fault) => fault.code)).toBe('STALLED');
  });
});
