/**
 * Values of properties in launch text. They go through two layers: the parser of launch lines takes quotes and
 * backslashes off, then the property's type reads what is left. A value that begins and ends with `"` is unwrapped by
 * the string type alone.
 */
import { Fault } from '../../errors.ts';
import type { PropertyInfo } from '../catalogue/types.ts';
import type { PropertyValue } from '../model.ts';

/**
 * The value as it stands behind `=`, so that the property gets exactly it. Nothing in it can end it early.
 * @param type of the property; where it is not known a form is chosen that every type reads alike
 */
export function printValue(value: PropertyValue, type: PropertyInfo['type'] | undefined): string {
  const text = printed(value);
  if (text.includes('\0')) throw new Fault('TRANSFORM_INVALID', { cause: 'a property cannot hold the character U+0000' });
  if (plain.test(text) && text !== 'NULL') return text;
  if (type === 'string') return wrapped(text);
  // behind a backslash the lexer reads on, whether a quote or a blank ends the value; no type but string holds such text
  const onlyStringsHold = text.endsWith('\\') || (type === undefined && (text === 'NULL' || isWrapped(text)));
  return onlyStringsHold ? wrapped(text) : quoted(text);
}

/** Characters that mean themselves in both layers, and in a shell. */
const plain = /^[A-Za-z0-9_.,:/%@+=-]+$/;

/** Whole numbers without an exponent, which no integer type reads. */
function printed(value: PropertyValue): string {
  const text = String(value);
  return typeof value === 'number' && text.includes('e') && Number.isInteger(value) ? BigInt(value).toString() : text;
}

/** What the first layer takes off. */
const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** The form of gst_string_wrap, which leaves no character that either layer might take for its own. */
function wrapped(text: string): string {
  const inner = [...Buffer.from(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9_\-+/:.]/.test(character)) return character;
    return byte > 32 && byte < 127 ? `\\${character}` : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return quoted(`"${inner.join('')}"`);
}

const isWrapped = (text: string) => text.startsWith('"') && text.endsWith('"');

/**
 * What is left of the text behind `=` when the first layer is off. Single quotes come off too: GStreamer would keep them,
 * and nobody means that; they are left over from a shell.
 */
export function unquote(raw: string): string {
  const inSingle = raw.length > 1 && raw.startsWith("'") && raw.endsWith("'");
  const inner = inSingle || (raw.length > 1 && isWrapped(raw)) ? raw.slice(1, -1) : raw;
  let text = '';
  let inQuotes = false;
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === '\\' && !inQuotes) at++;
    else if (inner[at] === '"' && !(inQuotes && inner[at - 1] === '\\')) inQuotes = !inQuotes;
    text += inner[at] ?? '';
  }
  return text;
}

/** The value that a property gets from `text`; `undefined` for the null string, which no value stands for. */
export function readValue(text: string, type: PropertyInfo['type'] | undefined): PropertyValue | undefined {
  if (type === undefined || type === 'string') {
    if (type === 'string' && text === 'NULL') return undefined;
    const unwrapped = text.length > 1 && isWrapped(text) ? unwrap(text) : undefined;
    if (unwrapped !== undefined) return unwrapped;
    if (type === 'string') return text;
  }
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text !== '' && Number.isFinite(number) && printed(number) === text ? number : text;
}

/** As gst_string_unwrap; `undefined` for what it refuses. */
function unwrap(text: string): string | undefined {
  const inner = /^"((?:[^"\\]|\\[0-3][0-7]{2}|\\[^0-3])*)"$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const bytes: Buffer[] = [];
  for (const [part] of inner.matchAll(/\\[0-3][0-7]{2}|\\[\s\S]|[^\\]+/g)) {
    if (/^\\\d{3}$/.test(part)) bytes.push(Buffer.of(Number.parseInt(part.slice(1), 8)));
    else bytes.push(Buffer.from(part.startsWith('\\') ? part.slice(1) : part));
  }
  return Buffer.concat(bytes).toString();
}
