/** Where the parts of a document stand in its text. */
import { type Document, isMap, isScalar, type Node, type Scalar } from 'yaml';
import type { Path } from '../../finding.ts';

export interface Located {
  /**
   * Of the key for what stands there, of the nearest map or list around it for what is missing. A number behind the path of a
   * text: of that character.
   */
  offset: number;
  /** A scalar without quotes, as it is written. */
  plain?: string;
}

export function locate(document: Document.Parsed, path: Path, text: string): Located {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? document.range[0];
  for (const part of path) {
    if (isMap(node)) {
      const pair: { key: unknown; value: unknown } | undefined = node.items.find((item) => keyOf(item.key) === String(part));
      if (!pair) return { offset };
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isScalar(node) && typeof part === 'number') {
      return { offset: characterOf(node, part, text) ?? offset };
    } else {
      const child: unknown = node && 'items' in node && typeof part === 'number' ? node.items[part] : undefined;
      if (typeof child !== 'object' || child === null || !('range' in child)) return { offset };
      node = child as Node;
      offset = node.range?.[0] ?? offset;
    }
  }
  return { offset, ...(isScalar(node) && node.type === 'PLAIN' && node.source !== undefined && { plain: node.source }) };
}

function keyOf(key: unknown): string | undefined {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : undefined;
}

/** Digits behind the escapes of double quotes that stand for a code point. */
const digitsOf: Record<string, number> = { x: 2, u: 4, U: 8 };

/** Where the character of that index stands in the source of a text; undefined where the two cannot be laid side by side. */
function characterOf({ value, type, range }: Scalar, index: number, text: string): number | undefined {
  if (typeof value !== 'string' || !range) return undefined;
  const block = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  let at = block ? text.indexOf('\n', range[0]) + 1 : range[0] + (type === 'PLAIN' ? 0 : 1);
  const end = range[1];
  const indentation = block ? (/^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(at, end))?.[1]?.length ?? 0) : Number.POSITIVE_INFINITY;
  const indent = () => {
    for (let blanks = 0; blanks < indentation && text[at] === ' '; blanks++) at++;
  };
  indent();
  for (let done = 0; done < index; done++) {
    const character = text[at];
    if (at >= end) return undefined;
    if (character === '\r' || character === '\n') {
      if (value[done] !== '\n' && value[done] !== ' ') return undefined;
      at += character === '\r' ? 2 : 1;
      indent();
    } else if (type === 'QUOTE_DOUBLE' && character === '\\') at += 2 + (digitsOf[text[at + 1] ?? ''] ?? 0);
    else if (character !== value[done]) return undefined;
    else at += type === 'QUOTE_SINGLE' && character === "'" ? 2 : 1;
  }
  return at;
}
