/** Requests of every kind that a function may be sent by someone who means no good, or does not know better. */
import fc from 'fast-check';

/** What `JSON.parse` can give, with the names and numbers that programs stumble over. */
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, '', 0, -1, 1e308, 2 ** 53, true, [], {}, [[]], '\ud800', '\0', '../..', 'x'.repeat(5000), '1e9999', '%'),
  fc.constant({ length: { toString: 1 } }),
  fc.constant(JSON.parse('{"__proto__":{"type":"x"},"constructor":{"prototype":1},"toString":1,"length":-1}')),
);

type Tree = Record<string, unknown>;

/** `whole` with a few of its parts, at any depth, replaced by anything or left out. */
export function mutated(whole: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({
    path: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
    value: fc.option(oddJson, { nil: undefined }),
  });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy = structuredClone(whole);
    for (const { path, value } of changes) replace(copy as Tree, path, value);
    return copy;
  });
}

function replace(tree: Tree, [first = 0, ...rest]: number[], value: unknown): void {
  const names = Object.keys(tree);
  const name = names[first % names.length];
  if (name === undefined) return;
  // own parts alone: one may be called __proto__
  const part: unknown = Object.getOwnPropertyDescriptor(tree, name)?.value;
  if (rest.length > 0 && typeof part === 'object' && part !== null) {
    replace(part as Tree, rest, value);
    return;
  }
  delete tree[name];
  if (value === undefined) return;
  const copy = structuredClone(value);
  Object.defineProperty(tree, name, { value: copy, enumerable: true, configurable: true, writable: true });
}

/** Half a surrogate pair has no canonical form: it cannot be signed. */
export const wellFormed = (value: unknown): boolean => !/\\ud[89a-f]/i.test(JSON.stringify(value));

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** Bodies that are no good event. `good` is one, as JSON. */
export function hostileBody(good: unknown): fc.Arbitrary<Uint8Array> {
  const text = JSON.stringify(good);
  const texts = fc.oneof(
    mutated(good).map((value) => JSON.stringify(value)),
    oddJson.map((value) => JSON.stringify(value)),
    fc.nat(text.length).map((length) => text.slice(0, length)),
    fc.constantFrom(
      '',
      `[${text}]`,
      nested(200_000),
      `{"data":${nested(200_000)}}`,
      text.replace(/"data":/, `"data":${nested(5000)},"x":`),
    ),
    fc.constant('a'.repeat(900_000)),
    fc.string(),
  );
  return fc.oneof(
    texts.map((value) => Buffer.from(value)),
    fc.uint8Array({ maxLength: 200 }),
    fc.constant(Buffer.from(text, 'utf16le')),
  );
}

const names = [
  'id',
  'source',
  'type',
  'specversion',
  'time',
  'subject',
  'data',
  'data_base64',
  'signature',
  'traceparent',
  'endpoint',
];
const header = fc.oneof(
  fc.constantFrom(
    ...[...names, 'knativeerrorcode', 'knativeerrordata', '__proto__', 'constructor', 'datacontenttype'].map(
      (name) => `ce-${name}`,
    ),
  ),
  fc.constantFrom('traceparent', 'authorization', 'content-encoding', 'last-event-id', 'if-none-match', 'ce-', 'x'),
);
/** What a header line may hold: bytes, no line ends. */
const headerValue = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 40 }),
  fc.constantFrom('1.0', 'a', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '-1', '2026-13-99T00:00:00Z', 'Bearer '),
);
const contentType = fc.constantFrom(
  'application/cloudevents+json',
  'application/cloudevents+json; charset=UTF-16',
  'application/cloudevents-batch+json',
  'application/cloudevents+avro',
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  ';',
  'application/JSON ;;; a',
);

export interface HostileOptions {
  /** An event, or a body, that is taken. */
  good: unknown;
  paths: string[];
  /** Sent with each; others may replace them. */
  headers?: Record<string, string>;
}

export function hostileRequest({ good, paths, headers = {} }: HostileOptions): fc.Arbitrary<Request> {
  const method = fc.oneof(
    { weight: 8, arbitrary: fc.constant('POST') },
    fc.constantFrom('PUT', 'GET', 'HEAD', 'DELETE', 'OPTIONS'),
  );
  const binary = fc.constant({
    'ce-specversion': '1.0',
    'ce-id': 'a',
    'ce-source': 'b',
    'ce-type': 'io.gst.pipelines.transform.requested',
  });
  const more = fc.dictionary(header, headerValue, { maxKeys: 4 });
  return fc
    .record({
      path: fc.constantFrom(...paths),
      method,
      body: hostileBody(good),
      given: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, binary),
      more,
      type: fc.option(contentType, { nil: undefined }),
    })
    .map(({ path, method, body, given, more, type }) => {
      const all = new Headers({ ...headers, ...given });
      for (const [name, value] of Object.entries(more)) all.set(name, value);
      if (type !== undefined) all.set('content-type', type);
      const hasBody = method !== 'GET' && method !== 'HEAD';
      return new Request(`http://function${path}`, { method, headers: all, ...(hasBody && { body: new Uint8Array(body) }) });
    });
}
