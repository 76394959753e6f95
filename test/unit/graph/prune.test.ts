import { describe, expect, it } from 'vitest';
import { pruneGraph } from '../../../lib/graph/index.ts';
import { fromLaunch } from './support.ts';

/** The graph of launch text, and what is left of it: ids, and the names of outputs that are lost. */
function cut(text: string, heads: string[]) {
  const { graph } = fromLaunch(text, {});
  const pruned = pruneGraph(graph, heads);
  return { left: pruned.graph.nodes.map(({ id }) => id), links: pruned.graph.links.length, skipped: pruned.skippedOutputs };
}

describe('cutting a branch', () => {
  const split =
    'filesrc ! decodebin name=d ! queue name=vq ! x264enc name=v ! mp4mux name=m ! filesink name=film d. ! queue name=aq ! lamemp3enc name=a';
  const cases: Array<[name: string, text: string, heads: string[], left: string[], skipped: string[]]> = [
    ['takes it up to where it joins others', `${split} ! m.`, ['aq'], ['d', 'vq', 'v', 'm'], []],
    [
      'takes an output with it that nothing else feeds',
      `${split} ! filesink name=sound`,
      ['aq'],
      ['d', 'vq', 'v', 'm'],
      ['sound'],
    ],
    ['takes the muxer too where all its branches go', `${split} ! m.`, ['aq', 'vq'], ['d'], ['out']],
    [
      'of one that forks takes both forks',
      'filesrc ! decodebin name=d ! tee name=t ! queue name=q1 ! filesink name=x t. ! queue name=q2 ! filesink name=y d. ! queue name=q3 ! filesink name=z',
      ['t'],
      ['d', 'q3'],
      ['x', 'y'],
    ],
    [
      'of one fork leaves the other',
      'filesrc ! tee name=t ! queue name=q1 ! decodebin name=d ! identity name=i ! filesink name=x t. ! queue name=q2 ! filesink name=y',
      ['i'],
      ['t', 'q2'],
      ['x'],
    ],
    [
      'takes what only fed it, however long',
      'filesrc ! tsdemux name=d ! queue name=q ! decodebin name=d2 ! identity name=i ! filesink name=x d. ! queue name=q2 ! filesink name=y',
      ['i'],
      ['d', 'q2'],
      ['x'],
    ],
    [
      'takes a picture beside it that would never end',
      'filesrc ! decodebin name=d ! queue name=q ! compositor name=c ! filesink name=x videotestsrc name=g ! c. d. ! queue name=q2 ! filesink name=y',
      ['q'],
      ['d', 'q2'],
      ['x'],
    ],
    [
      'keeps a picture beside what stays',
      'filesrc ! decodebin name=d ! queue name=q ! compositor name=c ! funnel name=f ! filesink videotestsrc name=g ! c. d. ! queue name=q2 ! f.',
      ['q2'],
      ['d', 'q', 'c', 'f', 'g'],
      [],
    ],
    [
      'that ends in a muxer at once leaves the muxer',
      'filesrc ! decodebin name=d ! matroskamux name=m ! filesink d. ! m.',
      ['m'],
      ['d', 'm'],
      [],
    ],
    [
      'keeps an element that writes files itself',
      'filesrc ! decodebin name=d ! queue name=q ! hlssink2 name=h d. ! queue name=q2 ! h.',
      ['q2'],
      ['d', 'q', 'h'],
      [],
    ],
    ['of nothing changes nothing', `${split} ! m.`, [], ['d', 'vq', 'v', 'm', 'aq', 'a'], []],
  ];
  it.each(cases)('%s', (_name, text, heads, left, skipped) => {
    const found = cut(text, heads);
    expect(found.left.toSorted()).toEqual(left.toSorted());
    expect(found.skipped.toSorted()).toEqual(skipped);
  });

  it('leaves no link without both its ends', () => {
    expect(cut(`${split} ! m.`, ['aq']).links).toBe(3);
  });
});
