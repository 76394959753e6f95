/** Caps of pad templates: there are a few hundred in a catalogue, and every graph that is checked asks for the same few. */
import { type Caps, parseCaps } from '../caps/index.ts';
import type { Catalogue, PadTemplate } from '../catalogue/index.ts';

const read = new WeakMap<Catalogue, Map<string, Caps>>();

/** Read once for each catalogue. */
export function templateCaps(catalogue: Catalogue, { caps: text }: PadTemplate): Caps {
  const known = read.get(catalogue) ?? new Map<string, Caps>();
  read.set(catalogue, known);
  const caps = known.get(text) ?? parseCaps(text);
  known.set(text, caps);
  return caps;
}
