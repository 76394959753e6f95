/** Tokens to elements and links, by GStreamer's grammar: chains of elements, with references to other chains at their ends. */
import { LaunchFault } from './fault.ts';
import { nextToken, type Token } from './lexer.ts';
import { capsAtEnd, unexpected } from './unexpected.ts';

export interface ParsedElement {
  factory: string;
  assignments: Array<{ name: string; raw: string; at: number; end: number }>;
  at: number;
}

/** One end of a link: an element of the chain, or one that is named elsewhere. */
export interface ParsedEnd {
  element: ParsedElement | string;
  pads: string[];
  at: number;
}

export interface ParsedLink {
  from: ParsedEnd;
  to: ParsedEnd;
  all: boolean;
  caps?: string;
  at: number;
}

export interface Parsed {
  elements: ParsedElement[];
  links: ParsedLink[];
  /** Where a chain ends in an element, and the next begins with one. */
  gaps: Array<{ before: ParsedElement; behind: ParsedElement }>;
}

/** @throws LaunchFault for what is no launch text, and for what elements cannot say */
export function parseLaunch(text: string): Parsed {
  const parsed: Parsed = { elements: [], links: [], gaps: [] };
  let before: ParsedElement | undefined;
  let token: Token = nextToken(text, 0);
  /** The next token, if it is of that kind. */
  const take = <Kind extends Token['kind']>(kind: Kind): Extract<Token, { kind: Kind }> | undefined => {
    if (token.kind !== kind) return undefined;
    const taken = token;
    token = nextToken(text, taken.end);
    return taken as Extract<Token, { kind: Kind }>;
  };

  const morePads = (): string[] => {
    const list: string[] = [];
    while (token.kind === 'operator' && token.text === ',') {
      const { at } = token;
      take('operator');
      const pad = take('identifier');
      if (!pad) throw new LaunchFault('launch-syntax', at, 'behind a comma in a list of pads stands the name of a pad');
      list.push(pad.text);
    }
    return list;
  };
  const ownPads = (): string[] => {
    const first = take('pad');
    return first ? [first.pad, ...morePads()] : [];
  };
  const element = (): ParsedElement => {
    const factory = take('identifier');
    if (!factory) throw unexpected(text, token);
    const made: ParsedElement = { factory: factory.text, assignments: [], at: factory.at };
    for (let next = take('assignment'); next; next = take('assignment')) {
      made.assignments.push({ name: next.name, raw: next.raw, at: next.at, end: next.end });
    }
    if (token.kind === 'preset') throw unexpected(text, token);
    parsed.elements.push(made);
    return made;
  };
  const reference = (): ParsedEnd | undefined => {
    const found = take('reference');
    return found && { element: found.name, pads: [...(found.pad === undefined ? [] : [found.pad]), ...morePads()], at: found.at };
  };
  const link = (): { all: boolean; caps?: string; at: number } | undefined => {
    const opened = take('link');
    const quoted = opened && take('caps');
    if (!opened || !quoted)
      return opened && { all: opened.all, at: opened.at, ...(opened.caps !== undefined && { caps: opened.caps }) };
    const closed = take('link');
    if (closed === undefined || closed.caps !== undefined) throw capsAtEnd(quoted.at, quoted.caps);
    return { all: opened.all || closed.all, caps: quoted.caps, at: opened.at };
  };
  const chain = () => {
    const { at } = token;
    let last: ParsedEnd = reference() ?? { element: element(), pads: ownPads(), at };
    if (before && typeof last.element !== 'string') parsed.gaps.push({ before, behind: last.element });
    before = undefined;
    for (let joint = link(); joint; joint = link()) {
      const from: ParsedEnd = last;
      const there = reference();
      if (there) {
        parsed.links.push({ from, to: there, ...joint });
        if (token.kind !== 'link') return;
        const again = text.slice(there.at, token.at).trim();
        throw new LaunchFault(
          'launch-syntax',
          token.at,
          `a chain ends at a reference: begin a new one, \`${again} ${again} ! …\``,
        );
      }
      const pads = ownPads();
      const { at: here } = token;
      const next = element();
      parsed.links.push({ from, to: { element: next, pads, at: here }, ...joint });
      last = { element: next, pads: ownPads(), at: here };
    }
    const [pad] = last.pads;
    const loose = typeof last.element === 'string' ? `\`${last.element}.\`` : pad && `the pad \`${pad}\``;
    if (loose)
      throw new LaunchFault('launch-syntax', last.at, `${loose} is linked to nothing: a \`!\` is missing before or behind it`);
    if (typeof last.element !== 'string') before = last.element;
  };

  while (token.kind !== 'end') chain();
  return parsed;
}
