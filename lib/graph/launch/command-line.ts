/** A graph as a command for a person: one chain a line, for any POSIX shell, and for `graphFromLaunch` to take back. */
import { elementsOf } from '../elements/write.ts';
import type { Graph } from '../model.ts';
import { outletAlias } from '../outlet.ts';
import { hasNoSinkPad } from '../pads.ts';
import { type PrintOptions, printProperties } from './print.ts';

/** Stand where the files of input and output go. */
const input = 'INPUT';
const output = 'OUTPUT';

/**
 * `gst-launch-1.0 -e filesrc location=INPUT ! …`, with a backslash at the end of each line but the last. Words that a
 * shell would change stand in single quotes. Several outputs are told apart by the names of their `filesink`.
 */
export function launchCommand(graph: Graph, options: PrintOptions = {}): string {
  const sinks = new Map(graph.outputs.map(({ name }) => [outletAlias(name), name]));
  // ids are names for GStreamer, which not every alias is
  const elements = elementsOf({ ...graph, nodes: graph.nodes.map((node) => ({ ...node, alias: node.id })) });
  const chains: string[][] = [];
  let chain: string[] | undefined = ['filesrc', `location=${input}`];
  let resume: string | undefined;
  const end = (next?: string) => {
    if (chain) chains.push(chain);
    chain = undefined;
    resume = next;
  };
  const link = (...words: string[]) => {
    const before = chain ?? (resume === undefined ? [] : [resume]);
    chain = [...before, ...(before.length > 0 ? ['!'] : []), ...words];
  };
  let linked: string | undefined;
  for (const { name, alias, properties = {}, goto, linkto } of elements) {
    if (name !== undefined) {
      // what has no input, and what was linked to before it is defined, begins a chain
      if (hasNoSinkPad(name, options.catalogue) || (alias !== undefined && alias === linked)) end();
      link(name, ...(alias === undefined ? [] : [`name=${alias}`]), ...printProperties(name, properties, options));
    } else if (goto !== undefined) end(reference(goto));
    else if (linkto !== undefined) {
      const sink = sinks.get(linkto);
      link(...(sink === undefined ? [reference(linkto)] : fileSink(`${output}-${sink}`, sink)));
      end(sink === undefined ? reference(aliasIn(linkto)) : undefined);
    }
    linked = linkto === undefined ? undefined : aliasIn(linkto);
  }
  const [only] = graph.outputs;
  if (only && graph.outputs.length === 1 && !elements.some(({ linkto }) => linkto === outletAlias(only.name)))
    link(...fileSink(output));
  end();
  const lines = chains.map((words) => words.map(shellWord).join(' '));
  return ['gst-launch-1.0 -e', ...lines].join(' \\\n  ');
}

const fileSink = (location: string, name?: string) => [
  'filesink',
  ...(name === undefined ? [] : [`name=${name}`]),
  `location=${location}`,
];
const reference = (text: string) => (text.includes('.') ? text : `${text}.`);
const aliasIn = (text: string) => text.split('.')[0] ?? text;

const shellWord = (word: string) => (/^[A-Za-z0-9_.,:/%@+=!-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`);
