/**
 * The file of a catalogue: lines of JSON, in ASCII. Most elements share properties and caps with others (200 decoders of
 * libav have the same ones), so these stand in tables and elements name them by index: 1 MB instead of 5. A run looks up a
 * dozen of 1,300 elements, and only their lines are parsed.
 *
 * It may be compressed by Brotli, which makes a tenth of it. To decompress it takes three times as long as to parse what a
 * run needs, so images have it as it is.
 */
import type { ElementInfo, PadTemplate, PropertyInfo } from './types.ts';

/** Raised with each change of the shape, so that an old file is refused instead of misread. */
const format = 4;

/** The first line. The rows of each table follow, one a line, in this order. */
interface Head {
  format: number;
  version: string;
  /** How many rows there are. */
  caps: number;
  properties: number;
  /** The name of each row. */
  elements: string[];
}

type PackedPad = [
  name: string,
  direction: PadTemplate['direction'],
  presence: PadTemplate['presence'],
  caps: number,
  properties?: number[],
];
type PackedProperty = [name: string, info: PropertyInfo];

interface PackedElement {
  klass: string;
  pads: PackedPad[];
  properties: number[];
  childProxy?: true;
  uri?: 'src' | 'sink';
}

/** The bytes of the file, as they are. */
export function encodeCatalogue(version: string, elements: readonly ElementInfo[]): Buffer {
  const caps = table<string>();
  const properties = table<PackedProperty>();
  const indexes = (own: ElementInfo['properties']) => Object.entries(own).map((property) => properties.index(property));
  const sorted = elements.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const packed = sorted.map(
    ({ klass, pads, properties: own, childProxy, uri }): PackedElement => ({
      klass,
      pads: pads.map((pad): PackedPad => {
        const ofPad: [number[]?] = pad.properties ? [indexes(pad.properties)] : [];
        return [pad.name, pad.direction, pad.presence, caps.index(pad.caps), ...ofPad];
      }),
      properties: indexes(own),
      ...(childProxy && { childProxy }),
      ...(uri && { uri }),
    }),
  );
  const head: Head = {
    format,
    version,
    caps: caps.rows.length,
    properties: properties.rows.length,
    elements: sorted.map(({ name }) => name),
  };
  const text = [head, ...caps.rows, ...properties.rows, ...packed].map((row) => JSON.stringify(row)).join('\n');
  return Buffer.from(text.replace(/[\u0080-\uffff]/g, escaped), 'latin1');
}

/** As JSON writes a UTF-16 unit by its number. */
const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The bytes of the file, smaller. */
export function compressed(bytes: Buffer): Buffer {
  const { brotliCompressSync, constants } = zlib();
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } });
}

/** As it was before `compressed`, if it is. */
export const plain = (bytes: Buffer): Buffer => (bytes[0] === '{'.charCodeAt(0) ? bytes : zlib().brotliDecompressSync(bytes));

/** Where nothing is compressed nobody waits for it to be loaded. */
const zlib = () => process.getBuiltinModule('node:zlib');

function table<Row>(): { rows: Row[]; index(row: Row): number } {
  const known = new Map<string, number>();
  const rows: Row[] = [];
  return {
    rows,
    index(row) {
      const text = JSON.stringify(row);
      const index = known.get(text) ?? rows.push(row) - 1;
      known.set(text, index);
      return index;
    },
  };
}

export interface PackedCatalogue {
  version: string;
  /** Sorted. */
  names: readonly string[];
  element(name: string): ElementInfo | undefined;
}

/** @throws Error where the bytes are no catalogue, or one of another shape */
export function decodeCatalogue(bytes: Buffer): PackedCatalogue {
  const [first = '', ...rows] = plain(bytes).toString('latin1').split('\n');
  const { format: found, version, caps, properties, elements } = JSON.parse(first) as Head;
  if (found !== format) throw new Error(`its format is ${found}, not ${format}: make it anew`);
  const places = new Map(elements.map((name, index) => [name, caps + properties + index]));
  const row = <T>(index: number) => JSON.parse(rows[index] as string) as T;
  const propertiesAt = (own: readonly number[]) => Object.fromEntries(own.map((index) => row<PackedProperty>(caps + index)));
  return {
    version,
    names: elements,
    element(name) {
      const place = places.get(name);
      if (place === undefined) return undefined;
      const { klass, pads, properties: own, childProxy = false, uri } = row<PackedElement>(place);
      return {
        name,
        klass,
        pads: pads.map(([pad, direction, presence, index, ofPad]) => ({
          name: pad,
          direction,
          presence,
          caps: row<string>(index),
          ...(ofPad && { properties: propertiesAt(ofPad) }),
        })),
        properties: propertiesAt(own),
        childProxy,
        ...(uri && { uri }),
      };
    },
  };
}
