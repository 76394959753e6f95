import { describe, expect, it } from 'vitest';
import { collectFindings } from '../../lib/finding.ts';
import { type Element, graphFromElements, lintGraph, loadCatalogue } from '../../lib/graph/index.ts';
import { readCorpus } from '../support/corpus.ts';

interface Pipeline {
  id: string;
  elements?: Element[];
  /** What GStreamer 1.22 did with it. */
  verify?: { result: string };
}

const pipelines = readCorpus<Pipeline[]>('pipelines.json').filter(({ elements = [], verify }) => {
  const open = JSON.stringify(elements).includes('$'); // a variable of the script that it was taken from
  return verify?.result === 'pass' && elements.length > 0 && !open;
});

describe('pipelines that people published, and that run', () => {
  const catalogue = loadCatalogue();
  const outlets = [{ name: 'out', directory: false }];

  it('are many', () => expect(pipelines.length).toBeGreaterThan(15));

  it.each(pipelines)('$id is not complained of', ({ elements = [] }) => {
    const findings = collectFindings(() => undefined);
    const graph = graphFromElements(elements, { outlets, catalogue }, findings);
    lintGraph(graph, catalogue, { outlets }, findings);
    expect(findings.all).toEqual([]);
  });
});
