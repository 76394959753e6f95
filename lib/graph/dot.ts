/** A planned graph as DOT: elements as boxes with their properties, pads and caps on the links between. */
import type { Graph, Node, PadRef } from './model.ts';

/** Longest line of a label; what is longer is cut, with an ellipsis. */
const longestLine = 60;

export interface DotOptions {
  /** Stands above the picture, such as the name of the Transform. */
  title?: string;
}

export function graphToDot({ nodes, links, source, outputs }: Graph, { title }: DotOptions = {}): string {
  const files = outputs.map(({ name }, index) => ({ id: `output ${index}`, name }));
  const lines = [
    'rankdir=LR;',
    ...(title === undefined ? [] : [`label=${quoted(title)}; labelloc=t;`]),
    'fontname="Helvetica"; fontsize=12;',
    'node [shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#5b7db1", fontname="Helvetica", fontsize=11];',
    'edge [fontname="Helvetica", fontsize=9, color="#555555"];',
    ...(source ? ['"object" [label="object", shape=cds, fillcolor="#e7f5e4", color="#4d8b45"];'] : []),
    ...nodes.map((node) => `${quoted(`node ${node.id}`)} [label=${nodeLabel(node)}];`),
    ...files.map(({ id, name }) => `${quoted(id)} [label=${quoted(name)}, shape=note, fillcolor="#fdf3dc", color="#b08a2e"];`),
    ...(source ? [edge('object', `node ${source.node}`, {}, source)] : []),
    ...links.map(({ from, to, caps }) => edge(`node ${from.node}`, `node ${to.node}`, from, to, caps)),
    ...outputs.map(({ from }, index) => edge(`node ${from.node}`, `output ${index}`, from, {})),
  ];
  return `digraph pipeline {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`;
}

/** Properties are set left, each on a line of its own. */
function nodeLabel({ factory, alias, properties }: Node): string {
  const head = escaped(alias === undefined ? factory : `${factory}\n(${alias})`);
  const values = Object.entries(properties).map(([name, value]) => `${escaped(cut(`${name}=${value}`))}\\l`);
  return `"${[head, ...(values.length > 0 ? ['\\n'] : []), ...values].join('')}"`;
}

function edge(from: string, to: string, source: Partial<PadRef>, sink: Partial<PadRef>, caps?: string): string {
  const labels = [
    ...(caps === undefined ? [] : [`label=${quoted(cut(caps))}`]),
    ...(source.pad === undefined ? [] : [`taillabel=${quoted(source.pad)}`]),
    ...(sink.pad === undefined ? [] : [`headlabel=${quoted(sink.pad)}`]),
  ];
  return `${quoted(from)} -> ${quoted(to)}${labels.length > 0 ? ` [${labels.join(', ')}]` : ''};`;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length > longestLine ? `${characters.slice(0, longestLine - 1).join('')}…` : text;
}

const quoted = (text: string) => `"${escaped(text)}"`;

/** In a label a backslash begins an escape, and `&` an entity; control characters have no picture. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r?\n|\r/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '\u{fffd}')
    .replace(/&/g, '&amp;')
    .replace(/[\\"]/g, '\\$&')
    .replace(/\n/g, '\\n');
}
