/** `gst-functions convert TEXT`: gst-launch text as a Transform's `elements`. */
import { stringify } from 'yaml';
import { collectFindings, type Finding } from '../lib/finding.ts';
import { type Element, elementsOf, findingsIn, graphFromLaunch, lintGraph, type Outlet, offsetPath } from '../lib/graph/index.ts';
import { asKubectl } from '../lib/transform/document/scalars.ts';
import { UsageError } from './exit.ts';
import { knownElements } from './known-elements.ts';
import { launchText } from './launch-text.ts';

export interface ConvertOptions {
  json?: boolean;
}

/**
 * Prints YAML that goes under `pipeline:`, or with `json` `{sinks, elements, findings}`. What the checks of a Transform
 * would say of it is told too, with exit status 2 where it would be refused.
 */
export async function convert(words: readonly string[], { json = false }: ConvertOptions): Promise<void> {
  const text = await launchText(words);
  const catalogue = knownElements();
  const read = collectFindings(() => undefined);
  const { outlets, ...graph } = graphFromLaunch(text, { catalogue }, read);
  const checked = collectFindings(() => undefined);
  lintGraph(graph, catalogue, { outlets, path: offsetPath }, findingsIn(text, checked));
  const findings = [...read.all, ...checked.all];
  if (read.all.some(({ severity }) => severity === 'error')) {
    const errors = findings.filter(({ severity }) => severity === 'error');
    throw new UsageError(['the text cannot be converted:', ...errors.map(told)].join('\n'), errors);
  }
  const elements = elementsOf(graph);
  if (findings.some(({ severity }) => severity === 'error')) process.exitCode = 2;
  if (json) {
    process.stdout.write(`${JSON.stringify({ sinks: outlets, elements, findings })}\n`);
    return;
  }
  for (const finding of findings) process.stderr.write(`${finding.severity}: ${finding.message}\n`);
  process.stdout.write(`${comment(outlets)}${yaml(elements)}`);
}

const told = ({ message }: Finding) => `  ${message}`;

/** What the Transform needs beside its elements. */
function comment(outlets: readonly Outlet[]): string {
  const [only] = outlets;
  if (outlets.length > 1) return `# needs the sinks: ${outlets.map(({ name }) => name).join(', ')}\n`;
  return only?.directory ? '# writes many files: the key of the sink ends in /\n' : '';
}

/** A blank line goes before each branch, as people write it. */
function yaml(elements: Element[]): string {
  const entries = elements.map((element, at) => {
    const gap = at > 0 && element.goto !== undefined ? '\n' : '';
    return gap + stringify([element], { lineWidth: 0, ...asKubectl }).replace(/^(?=.)/gm, '  ');
  });
  return `elements:\n${entries.join('')}`;
}
