import { instance } from '@viz-js/viz';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphToDot } from '../../../lib/graph/index.ts';
import { renderDot } from '../../../lib/graph/render.ts';
import { fromLaunch, graphs, hostile } from './support.ts';

const text =
  'filesrc ! qtdemux name=d d.video_0 ! queue ! video/x-h264 ! mp4mux name=m fragment-duration=5 ! filesink d.audio_0 ! m.audio_0';

describe('a graph as DOT', () => {
  it('has a box for every element with its properties, and pads and caps on its links', async () => {
    const svg = Buffer.from(await renderDot(graphToDot(fromLaunch(text).graph, { title: 'my <pipeline>' }), 'svg')).toString();
    const words = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, word]) => word);
    for (const word of [
      'my &lt;pipeline&gt;',
      'object',
      'qtdemux',
      '(d)',
      'queue',
      'mp4mux',
      'fragment&#45;duration=5',
      'video_0',
      'audio_0',
      'video/x&#45;h264',
      'out',
    ]) {
      expect(words).toContain(word);
    }
    expect(svg.match(/class="edge"/g)).toHaveLength(5);
  });

  it('is read by Graphviz whatever the properties hold', async () => {
    const viz = await instance();
    const nodesOf = (dot: string) => {
      const drawn = viz.render(dot, { format: 'json' });
      expect(drawn.errors.filter(({ level }) => level === 'error')).toEqual([]);
      return JSON.parse(drawn.output ?? '{}').objects.length;
    };
    const wanted = { id: 'a', factory: 'identity', at: 0 };
    for (const value of hostile) {
      const graph = { nodes: [{ ...wanted, properties: { text: value } }], links: [], source: { node: 'a' }, outputs: [] };
      expect(nodesOf(graphToDot(graph, { title: value }))).toBe(2);
    }
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(nodesOf(graphToDot(graph))).toBe(graph.nodes.length + 1 + graph.outputs.length);
      }),
      { numRuns: 20 },
    );
  });

  it('has boxes as wide as their text, also in the fonts of GStreamer', async () => {
    const widthOf = async (fontname: string) => {
      const dot = `digraph { a [shape=box, margin=0, fontsize=10, fontname="${fontname}", label="${'i'.repeat(40)}"] }`;
      const svg = Buffer.from(await renderDot(dot, 'svg')).toString();
      const box = /<g id="node1"[\s\S]*?points="([^"]*)"/.exec(svg)?.[1]?.split(' ') ?? [];
      const across = box.map((point) => Number(point.split(',')[0]));
      return Math.max(...across) - Math.min(...across);
    };
    expect(await widthOf('monospace')).toBeGreaterThan(40 * 10 * 0.59);
    expect(await widthOf('Bitstream Vera Sans')).toBe(await widthOf('Helvetica'));
  });

  it.each([
    ['png', [0x89, 0x50, 0x4e, 0x47]],
    ['jpg', [0xff, 0xd8, 0xff]],
  ] as const)('is drawn as %s', async (format, magic) => {
    const picture = await renderDot(graphToDot(fromLaunch(text).graph), format);
    expect([...picture.subarray(0, magic.length)]).toEqual(magic);
    expect(picture.length).toBeGreaterThan(5_000);
  });

  it('is refused where it is none', async () => {
    await expect(renderDot('digraph {', 'svg')).rejects.toThrow(/not drawn: .*syntax error/);
  });
});
