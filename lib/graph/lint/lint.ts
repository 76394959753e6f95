/** Checks a graph against what an installed GStreamer has, and against what a pipeline may do. */
import type { Findings } from '../../finding.ts';
import type { Catalogue } from '../catalogue/index.ts';
import type { Graph, Node } from '../model.ts';
import { lintLinks } from './links.ts';
import { elementRefusal } from './policy/elements.ts';
import { propertyRefusal } from './policy/properties.ts';
import { lintProperties } from './properties.ts';
import { lintSnapshot } from './snapshot.ts';
import type { LintContext, LintOptions } from './types.ts';
import { unknownHint } from './unknown.ts';

/**
 * Tells unknown elements, properties and pads, values that cannot be read, links that can never be made, pictures that are
 * not alone in their file, and all by which the pipeline would reach out of itself: the latter as errors of the rules
 * `refused-element` and `refused-property`, whatever image the pipeline runs in.
 */
export function lintGraph(graph: Graph, catalogue: Catalogue, options: LintOptions, findings: Findings): void {
  const context: LintContext = {
    catalogue,
    findings,
    image: options.image ?? false,
    directory: options.outlets.some(({ directory }) => directory),
    plain: options.plain ?? (() => undefined),
    path: options.path ?? ((at, ...within) => ['spec', 'pipeline', 'elements', at, ...within]),
  };
  for (const node of graph.nodes) lintNode(node, graph, context);
  lintLinks(graph, context);
  for (const node of graph.nodes) lintSnapshot(node, graph, context);
}

const pluginHint = 'an image with its plugin goes into `pipeline.image`';

function lintNode(node: Node, graph: Graph, context: LintContext): void {
  const { catalogue, directory, findings, image, path } = context;
  const info = catalogue.element(node.factory);
  if (findings.failed(path(node.at, 'name'))) return; // what stands there is no name at all
  if (info === undefined) {
    const hint = unknownHint(node.factory, catalogue);
    const message = `no element \`${node.factory}\`${hint}`;
    if (image) findings.warning('unknown-element', path(node.at, 'name'), `${message} (the image may have it)`);
    else findings.error('unknown-element', path(node.at, 'name'), hint ? message : `${message}; ${pluginHint}`);
  } else {
    lintProperties(node, info, graph, context);
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
