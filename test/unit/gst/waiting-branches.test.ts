import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../lib/graph/model.ts';
import type { Report } from '../../../lib/gst/protocol.ts';
import { createWaitingBranches } from '../../../lib/gst/waiting-branches.ts';

type Progress = Report & { kind: 'progress' };

const node = (id: string, factory: string) => ({ id, factory, properties: {}, at: 0 });
const graph = (feeder: string): Graph => ({
  nodes: [node('d', feeder), node('video', 'queue'), node('audio', 'queue'), node('mux', 'matroskamux')],
  links: ['video', 'audio'].flatMap((id) => [
    { from: { node: 'd' }, to: { node: id }, at: 0 },
    { from: { node: id }, to: { node: 'mux' }, at: 0 },
  ]),
  source: { node: 'd' },
  outputs: [{ name: 'out', from: { node: 'mux' }, at: 0 }],
});
const heads = (...names: string[]) => names.map((head) => ({ head, wants: '' }));
const still: Progress = {
  kind: 'progress',
  bytesIn: 100,
  sourceWaits: false,
  unlinked: heads('audio'),
  pads: [],
  cpu: 1,
};
const begin = (feeder: string) => createWaitingBranches({ graph: graph(feeder), interval: 250, hopeless: 3000, shown: 1000 });

/** How many reports it took for branches to be given up, and which. */
function until(feeder: string, report: (n: number) => Partial<Progress>, most = 50) {
  const waiting = begin(feeder);
  for (let n = 0; n < most; n++) {
    const gone = waiting.look({ ...still, ...report(n) }, 0);
    if (gone.length > 0) return { reports: n, gone: gone.map(({ head }) => head) };
  }
  return undefined;
}

describe('a branch that waits behind a demuxer', () => {
  it('is given up after 12 reports without movement', () => {
    expect(until('qtdemux', () => ({}))).toEqual({ reports: 12, gone: ['audio'] });
  });

  const living: Array<[what: string, report: (n: number) => Partial<Progress>]> = [
    ['bytes are read', (n) => ({ bytesIn: n })],
    ['media moves', (n) => ({ position: n })],
    ['the CPU is at work', (n) => ({ cpu: n })],
    ['the source is waited for', () => ({ sourceWaits: true })],
    ['no branch waits', () => ({ unlinked: [] })],
  ];
  it.each(living)('is not while %s', (_what, report) => {
    expect(until('qtdemux', report)).toBeUndefined();
  });

  it('counts anew after a movement', () => {
    expect(until('qtdemux', (n) => ({ bytesIn: n < 10 ? 1 : 2 }))?.reports).toBe(22);
  });
});

describe('a branch that waits behind parsebin', () => {
  it('is given up alone, 4 reports after another of it was linked, whatever else moves', () => {
    expect(until('parsebin', (n) => ({ bytesIn: n }))).toEqual({ reports: 4, gone: ['audio'] });
  });

  it('is not while none is linked', () => {
    expect(until('parsebin', (n) => ({ bytesIn: n, unlinked: heads('video', 'audio') }))).toBeUndefined();
  });

  it('is not when it is linked after all', () => {
    expect(until('parsebin', (n) => ({ bytesIn: n, unlinked: n < 4 ? heads('audio') : [] }))).toBeUndefined();
  });
});

describe('a pipeline that stands still with every branch linked', () => {
  const stuck = (report: (n: number) => Partial<Progress>) => {
    const waiting = begin('decodebin');
    for (let n = 0; n < 50; n++) waiting.look({ ...still, unlinked: [], ...report(n) }, 0);
    return waiting.stuck();
  };

  it('is stuck where nothing is at work', () => expect(stuck((n) => ({ cpu: n * 0.001 }))).toBe(true));
  it('is not on a machine that hardly ever lets it work', () => expect(stuck((n) => ({ cpu: n * 0.005 }))).toBe(false));
  it('is not while a branch waits', () => expect(stuck(() => ({ unlinked: heads('audio') }))).toBe(false));
  it('is not while the source is waited for', () => expect(stuck(() => ({ sourceWaits: true }))).toBe(false));
});
