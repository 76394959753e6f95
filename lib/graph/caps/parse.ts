/** Reads caps from their text, as gst_caps_from_string does. */

import { scalar } from './scalar.ts';
import type { Caps, CapsStructure, CapsValue } from './types.ts';

/** What is wrong with a text of caps, and where. */
export class CapsSyntaxError extends Error {
  override name = 'CapsSyntaxError';
}

export const systemMemory = 'memory:SystemMemory';

const mediaType = /[A-Za-z][A-Za-z0-9/_\-.:+]*/y;
const fieldName = /[A-Za-z0-9][A-Za-z0-9_\-.:+]*/y;
const typeName = /\(\s*([A-Za-z][A-Za-z0-9_]*)\s*\)/y;
/** What a value may hold without quotes. */
const bare = /[A-Za-z0-9_\-+/:.]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/sy;
const space = /(?:\s|\\\n)*/y;

/** @throws CapsSyntaxError */
export function parseCaps(text: string): Caps {
  const whole = text.trim();
  if (whole === 'ANY') return 'ANY';
  if (whole === '' || whole === 'EMPTY' || whole === 'NONE') return [];
  const reader = createReader(/^".*"$/s.test(whole) ? whole.slice(1, -1) : text);
  const structures: CapsStructure[] = [];
  do structures.push(structure(reader));
  while (!reader.atEnd());
  return structures;
}

function createReader(text: string) {
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skip = () => match(space);
  return {
    /** Matched after blanks. */
    match(pattern: RegExp) {
      skip();
      return match(pattern);
    },
    take(character: string): boolean {
      skip();
      if (text[at] !== character) return false;
      at++;
      return true;
    },
    atEnd() {
      skip();
      return at >= text.length;
    },
    fail(wanted: string): never {
      const rest = text.slice(at, at + 12);
      throw new CapsSyntaxError(`${wanted} expected ${rest === '' ? 'at the end' : `at \`${rest}\``}`);
    },
  };
}
type Reader = ReturnType<typeof createReader>;

function structure(reader: Reader): CapsStructure {
  const name = reader.match(mediaType)?.[0] ?? reader.fail('a media type, such as video/x-raw,');
  const features = reader.take('(') ? featureList(reader) : [systemMemory];
  const fields = new Map<string, CapsValue>();
  while (!reader.atEnd() && !reader.take(';')) {
    if (!reader.take(',')) reader.fail('`,` or `;`');
    if (reader.atEnd()) break; // GStreamer lets a comma at the end pass
    const field = reader.match(fieldName)?.[0] ?? reader.fail('the name of a field');
    if (!reader.take('=')) reader.fail(`\`=\` after \`${field}\``);
    fields.set(field, value(reader));
  }
  return { name, features, fields };
}

function featureList(reader: Reader): string[] {
  const features: string[] = [];
  do features.push(reader.match(bare)?.[0] ?? reader.fail('a feature, such as memory:DMABuf,'));
  while (reader.take(','));
  if (!reader.take(')')) reader.fail('`)`');
  return features.toSorted();
}

function value(reader: Reader, outer?: string): CapsValue {
  const type = reader.match(typeName)?.[1] ?? outer;
  if (reader.take('{')) return { kind: 'list', values: values(reader, '}', type) };
  if (reader.take('<')) return { kind: 'array', values: values(reader, '>', type) };
  if (reader.take('[')) return range(values(reader, ']', type));
  const text = reader.match(quoted)?.[1];
  if (text !== undefined) return scalar(text.replace(/\\(.)/gs, '$1'), type ?? 'string');
  return scalar(reader.match(bare)?.[0] ?? reader.fail('a value'), type, (wanted) => reader.fail(wanted));
}

function values(reader: Reader, end: string, type: string | undefined): CapsValue[] {
  const found: CapsValue[] = [];
  while (!reader.take(end)) {
    if (found.length > 0 && !reader.take(',')) reader.fail(`\`,\` or \`${end}\``);
    if (found.length > 0 && reader.take(end)) break;
    found.push(value(reader, type));
  }
  return found;
}

function range(ends: CapsValue[]): CapsValue {
  const [low, high] = ends;
  if (low === undefined || high === undefined) throw new CapsSyntaxError('a range has two ends: [ 1, 1920 ]');
  return { kind: 'range', low, high };
}
