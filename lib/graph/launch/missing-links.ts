/** Faults of launch text that come of one slip: a missing `!`, a missing dot, a value without quotes. */
import type { Catalogue } from '../catalogue/types.ts';
import { hasNoSinkPad, hasNoSourcePad } from '../pads.ts';
import type { Parsed, ParsedElement } from './parser.ts';

export interface Told {
  rule: string;
  at: number | undefined;
  message: string;
}

/** The same faults, where such a slip is likely in its words and once only. */
export function withMissingLinks(faults: readonly Told[], { elements, gaps }: Parsed, catalogue?: Catalogue): Told[] {
  const known = (factory: string) => catalogue?.element(factory) !== undefined;
  const names = new Set(
    elements.flatMap(({ assignments }) => assignments.flatMap(({ name, raw }) => (name === 'name' ? [raw] : []))),
  );
  const slips = new Map<number, string | undefined>(); // undefined: comes of another slip
  for (const { at, factory } of elements) {
    if (names.has(factory) && !known(factory))
      slips.set(at, `\`${factory}\` is the name of an element here: to link to that, write \`${factory}.\`, with a dot`);
  }
  for (const { before, behind } of gaps) {
    const told = (rule: string, { at }: ParsedElement) => faults.some((fault) => fault.rule === rule && fault.at === at);
    const unread = hasNoSinkPad(before.factory, catalogue) && told('dead-end', before);
    if (unread) slips.set(before.at, missing(before, behind));
    if (unread || !told('no-input', behind) || slips.has(behind.at) || hasNoSourcePad(before.factory, catalogue)) continue;
    slips.set(behind.at, slips.has(before.at) && !known(before.factory) ? undefined : slip(before, behind, known));
    if (!slips.has(before.at)) slips.set(before.at, undefined);
  }
  const mended = faults.flatMap((fault) => {
    const slipped = fault.at !== undefined && slips.has(fault.at) && /^(?:no-input|dead-end)$/.test(fault.rule);
    const message = slipped ? slips.get(fault.at as number) : fault.message;
    return message === undefined ? [] : [{ ...fault, message }];
  });
  return mended.filter(
    ({ at, message }, index) => mended.findIndex((other) => other.at === at && other.message === message) === index,
  );
}

function slip(before: ParsedElement, behind: ParsedElement, known: (factory: string) => boolean): string {
  const [, property] = /^([\w-]+):$/.exec(behind.factory) ?? [];
  if (property !== undefined) return `\`${behind.factory}\` is no element: a property is written as \`${property}=…\``;
  const last = before.assignments.at(-1);
  if (last !== undefined && !/["'"]/.test(last.raw) && !known(behind.factory))
    return `\`${behind.factory}\` is no element: a value with blanks stands in quotes, as in \`${last.name}="${last.raw} ${behind.factory}"\``;
  return missing(before, behind);
}

const missing = (before: ParsedElement, behind: ParsedElement) =>
  `\`${before.factory}\` and \`${behind.factory}\` are not linked: a \`!\` is missing between them`;
