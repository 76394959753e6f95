/** Checks a graph against what an installed GStreamer has, and against what a pipeline may do. */
import type { Findings } from '../../finding.ts';
import { meant } from '../../nearest.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Graph, Node } from '../model.ts';
import { lintLinks } from './links.ts';
import { elementRefusal } from './policy/elements.ts';
import { propertyRefusal } from './policy/properties.ts';
import { lintProperties } from './properties.ts';
import type { LintContext, LintOptions } from './types.ts';

/**
 * Tells unknown elements, properties and pads, values that cannot be read, links that can never be made, and all by
 * which the pipeline would reach out of itself: the latter as errors of the rules `refused-element` and
 * `refused-property`, whatever image the pipeline runs in.
 */
export function lintGraph(graph: Graph, catalogue: Catalogue, options: LintOptions, findings: Findings): void {
  const context: LintContext = {
    catalogue,
    findings,
    image: options.image ?? false,
    directory: options.outlets.some(({ directory }) => directory),
    path: options.path ?? ((at, ...within) => ['spec', 'pipeline', 'elements', at, ...within]),
  };
  for (const node of graph.nodes) lintNode(node, context);
  lintLinks(graph, context);
}

function lintNode(node: Node, context: LintContext): void {
  const { catalogue, directory, findings, image, path } = context;
  const info = catalogue.element(node.factory);
  if (info === undefined) {
    const message = `no element \`${node.factory}\`${meant(node.factory, catalogue.names())}`;
    if (image) findings.warning('unknown-element', path(node.at, 'name'), `${message} (the image may have it)`);
    else findings.error('unknown-element', path(node.at, 'name'), message);
  } else {
    lintProperties(node, info, context);
    const refusal = elementRefusal(info, directory);
    if (refusal !== undefined) {
      findings.error('refused-element', path(node.at, 'name'), refusal);
      return;
    }
  }
  for (const [name, value] of Object.entries(node.properties)) {
    const refusal = propertyRefusal(name, value, info, context);
    if (refusal !== undefined) {
      findings.error('refused-property', path(node.at, 'properties', name), `\`${name}\` of \`${node.factory}\` ${refusal}`);
    }
  }
}
