/** Reads OTLP as protobuf into the shape that it has as JSON, for the few fields that tests look at. */

type Kind = 'text' | 'hex' | 'number' | 'boolean' | 'double' | 'fixed' | Message;
interface Message {
  [field: number]: [name: string, kind: Kind, repeated?: 'repeated'];
}

const anyValue: Message = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'boolean'],
  3: ['intValue', 'number'],
  4: ['doubleValue', 'double'],
};
const keyValue: Message = { 1: ['key', 'text'], 2: ['value', anyValue] };
const resource: Message = { 1: ['attributes', keyValue, 'repeated'] };
const link: Message = { 1: ['traceId', 'hex'], 2: ['spanId', 'hex'] };
const span: Message = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'text'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'number'],
  7: ['startTimeUnixNano', 'fixed'],
  8: ['endTimeUnixNano', 'fixed'],
  9: ['attributes', keyValue, 'repeated'],
  13: ['links', link, 'repeated'],
  15: ['status', { 2: ['message', 'text'], 3: ['code', 'number'] }],
};
const numberPoint: Message = { 7: ['attributes', keyValue, 'repeated'], 4: ['asDouble', 'double'], 6: ['asInt', 'fixed'] };
const histogramPoint: Message = { 9: ['attributes', keyValue, 'repeated'], 4: ['count', 'fixed'], 5: ['sum', 'double'] };
const points = (point: Message): Message => ({ 1: ['dataPoints', point, 'repeated'] });
const metric: Message = {
  1: ['name', 'text'],
  3: ['unit', 'text'],
  5: ['gauge', points(numberPoint)],
  7: ['sum', points(numberPoint)],
  9: ['histogram', points(histogramPoint)],
};

export const traces: Message = {
  1: [
    'resourceSpans',
    { 1: ['resource', resource], 2: ['scopeSpans', { 2: ['spans', span, 'repeated'] }, 'repeated'] },
    'repeated',
  ],
};
export const metrics: Message = {
  1: [
    'resourceMetrics',
    { 1: ['resource', resource], 2: ['scopeMetrics', { 2: ['metrics', metric, 'repeated'] }, 'repeated'] },
    'repeated',
  ],
};

/** Numbers in as few bytes as they need, seven bits in each. */
function varint(bytes: Buffer, at: number): [value: bigint, next: number] {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes.readUInt8(at++);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the same as JSON from outside
export function readProtobuf(message: Message, bytes: Buffer): any {
  const read: Record<string, unknown> = {};
  for (let at = 0; at < bytes.length; ) {
    const [tag, begin] = varint(bytes, at);
    const [value, next] = payload(bytes, begin, Number(tag & 7n));
    at = next;
    const [name, kind, repeated] = message[Number(tag >> 3n)] ?? [];
    if (name === undefined || kind === undefined) continue;
    const found = valueAs(kind, value);
    if (repeated) read[name] = [...((read[name] as unknown[]) ?? []), found];
    else read[name] = found;
  }
  return read;
}

/** By wire type: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
function payload(bytes: Buffer, at: number, wire: number): [value: bigint | Buffer, next: number] {
  if (wire === 0) return varint(bytes, at);
  const [length, begin] = wire === 2 ? varint(bytes, at) : [wire === 1 ? 8n : 4n, at];
  const end = begin + Number(length);
  if (![1, 2, 5].includes(wire) || end > bytes.length) throw new Error(`no protobuf at byte ${at}`);
  return [bytes.subarray(begin, end), end];
}

function valueAs(kind: Kind, value: bigint | Buffer): unknown {
  if (typeof value === 'bigint') return kind === 'boolean' ? value === 1n : Number(value);
  if (typeof kind === 'object') return readProtobuf(kind, value);
  switch (kind) {
    case 'text':
      return value.toString('utf8');
    case 'hex':
      return value.toString('hex');
    case 'double':
      return value.readDoubleLE();
    default:
      return String(value.readBigInt64LE());
  }
}
