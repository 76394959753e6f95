/** The pipeline of a Transform as DOT text. */
import { collectFindings } from '../../lib/finding.ts';
import { graphFromElements, graphToDot, loadCatalogue } from '../../lib/graph/index.ts';
import type { ResolvedTransform } from '../../lib/transform/index.ts';

export function pipelineDot({ pipeline, sinks }: ResolvedTransform): string {
  const outlets = sinks.map(({ name, keyTemplate }) => ({ name, directory: keyTemplate.endsWith('/') }));
  // a Transform that was resolved has no faults in its graph
  return graphToDot(
    graphFromElements(
      pipeline.elements,
      { outlets, catalogue: loadCatalogue() },
      collectFindings(() => undefined),
    ),
  );
}
