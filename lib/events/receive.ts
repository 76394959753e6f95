/**
 * Reads a CloudEvent from an HTTP request. The SDK alone lets through what breaks dedupe or crashes later: it invents
 * missing ids and times, knows two spellings of each content type, and drops or mangles some data. So the request is
 * read here, and the SDK is given attributes and data to validate.
 */
import { Fault } from '../errors.ts';
import { CloudEvent } from './cloud-event.ts';

export interface ReadOptions {
  /**
   * Keep data that is not what its content type says as a string, for dead letters: what could not be read
   * once cannot be read now, and refusing it again would lose it without a word.
   */
  keepUnreadableData?: boolean;
}

/** What a `Headers` of fetch and a Map are alike in. Names are in lower case. */
export interface HeaderFields extends Iterable<[name: string, value: string]> {
  get(name: string): string | null | undefined;
  has(name: string): boolean;
}

type Attributes = Record<string, unknown>;

const required = ['id', 'source', 'type'] as const;

/** Levels of lists and objects within one another. Events have fewer than ten; writing JSON of thousands overflows the stack. */
const deepest = 100;

/** @throws Fault EVENT_MALFORMED, EVENT_MEDIA_TYPE */
export function readCloudEvent(headers: HeaderFields, body: Uint8Array, options: ReadOptions = {}): CloudEvent<unknown> {
  const type = mediaType(headers.get('content-type'));
  if (type === 'application/cloudevents+json') return build(structured(body, options));
  if (type?.startsWith('application/cloudevents')) throw new Fault('EVENT_MEDIA_TYPE', { type });
  if (headers.has('ce-specversion') || headers.has('ce-id')) return build(binary(headers, type, body, options));
  if (type !== undefined && !isJson(type)) throw new Fault('EVENT_MEDIA_TYPE', { type });
  throw malformed('it has neither ce- headers nor the content type application/cloudevents+json');
}

function build(attributes: Attributes): CloudEvent<unknown> {
  if (attributes.specversion !== '1.0') throw malformed(`specversion is ${show(attributes.specversion)}, not 1.0`);
  for (const name of required) {
    const value = attributes[name];
    if (typeof value !== 'string' || value === '') throw malformed(`${name} is ${show(value)}`);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== 'data' && !isAttribute(value)) throw malformed(`${name.slice(0, 80)} is ${show(value)}`);
  }
  try {
    return new CloudEvent<unknown>(attributes as never);
  } catch (error) {
    throw new Fault('EVENT_MALFORMED', { cause: (error as Error).message.slice(0, 300) }, { cause: error });
  }
}

/** The types of CloudEvents that JSON can tell; the SDK lets others pass. */
function isAttribute(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value);
}

function structured(body: Uint8Array, options: ReadOptions): Attributes {
  const event = parseJson(decode(body));
  if (typeof event !== 'object' || event === null || Array.isArray(event)) throw malformed('the body is no JSON object');
  // an attribute that is null counts as absent, says the JSON format
  const attributes: Attributes = Object.fromEntries(
    Object.entries(event).filter(([name, value]) => value !== null || name === 'data'),
  );
  if (typeof attributes.data_base64 !== 'string') return attributes;
  const { data_base64, ...rest } = attributes;
  const type = mediaType(typeof rest.datacontenttype === 'string' ? rest.datacontenttype : undefined);
  return { ...rest, data: readData(type, Buffer.from(data_base64, 'base64'), options) };
}

function binary(headers: HeaderFields, type: string | undefined, body: Uint8Array, options: ReadOptions): Attributes {
  const attributes: Attributes = {};
  for (const [name, value] of headers) {
    if (name.startsWith('ce-')) attributes[name.slice('ce-'.length)] = value;
  }
  if (attributes.data !== undefined || attributes.data_base64 !== undefined) throw malformed('data is no attribute');
  if (type !== undefined) attributes.datacontenttype = headers.get('content-type');
  if (body.length > 0) attributes.data = readData(type, body, options);
  return attributes;
}

/** JSON is parsed, other text is a string, and bytes that are no text stay bytes. Without a type it is JSON. */
function readData(type: string | undefined, body: Uint8Array, { keepUnreadableData }: ReadOptions): unknown {
  if (type !== undefined && !isJson(type)) return textOr(body, body);
  if (!keepUnreadableData) return parseJson(decode(body));
  const text = textOr(body, undefined);
  if (text === undefined) return body;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function textOr<T>(body: Uint8Array, other: T): string | T {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return other;
  }
}

function decode(body: Uint8Array): string {
  const text = textOr(body, undefined);
  if (text === undefined) throw malformed('the body is not UTF-8');
  return text;
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault('EVENT_MALFORMED', { cause: 'it is no JSON' }, { cause: error });
  }
  if (isTooDeep(value)) throw malformed(`its JSON is nested more than ${deepest} levels deep`);
  return value;
}

function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return level.length > 0;
}

/** `application/json; charset=UTF-8` → `application/json`. */
function mediaType(value: string | null | undefined): string | undefined {
  return value?.split(';', 1)[0]?.trim().toLowerCase() || undefined;
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === 'text/json' || type.endsWith('+json');
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 80);
}

function malformed(cause: string): Fault {
  return new Fault('EVENT_MALFORMED', { cause });
}
