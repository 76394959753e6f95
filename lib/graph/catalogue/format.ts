/**
 * The file of a catalogue: JSON, compressed by Brotli. Most elements share properties and caps with others (200 decoders
 * of libav have the same ones), so these stand in tables and elements name them by index: 1 MB instead of 5, and all of
 * it is read in less than 10 ms.
 */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { ElementInfo, PadTemplate, PropertyInfo } from './types.ts';

/** Raised with each change of the shape, so that an old file is refused instead of misread. */
const format = 1;

type PackedPad = [name: string, direction: PadTemplate['direction'], presence: PadTemplate['presence'], caps: number];

interface PackedElement {
  klass: string;
  pads: PackedPad[];
  properties: number[];
  childProxy?: true;
  uri?: 'src' | 'sink';
}

export interface PackedCatalogue {
  format: number;
  version: string;
  caps: string[];
  properties: Array<[name: string, info: PropertyInfo]>;
  elements: Record<string, PackedElement>;
}

export function packCatalogue(version: string, elements: readonly ElementInfo[]): PackedCatalogue {
  const caps = table<string>();
  const properties = table<[string, PropertyInfo]>();
  const packed = elements
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, klass, pads, properties: own, childProxy, uri }): [string, PackedElement] => [
      name,
      {
        klass,
        pads: pads.map((pad) => [pad.name, pad.direction, pad.presence, caps.index(pad.caps)]),
        properties: Object.entries(own).map((property) => properties.index(property)),
        ...(childProxy && { childProxy }),
        ...(uri && { uri }),
      },
    ]);
  return { format, version, caps: caps.rows, properties: properties.rows, elements: Object.fromEntries(packed) };
}

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

export function unpackElement(catalogue: PackedCatalogue, name: string): ElementInfo | undefined {
  if (!Object.hasOwn(catalogue.elements, name)) return undefined;
  const { klass, pads, properties, childProxy = false, uri } = catalogue.elements[name] as PackedElement;
  return {
    name,
    klass,
    pads: pads.map(([pad, direction, presence, caps]) => ({
      name: pad,
      direction,
      presence,
      caps: catalogue.caps[caps] as string,
    })),
    properties: Object.fromEntries(properties.map((index) => catalogue.properties[index] as [string, PropertyInfo])),
    childProxy,
    ...(uri && { uri }),
  };
}

/** The bytes of the file. */
export function encodeCatalogue(version: string, elements: readonly ElementInfo[]): Buffer {
  const text = JSON.stringify(packCatalogue(version, elements));
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS } });
}

/** @throws Error where the bytes are no catalogue, or one of another shape */
export function decodeCatalogue(bytes: Uint8Array): PackedCatalogue {
  const catalogue = JSON.parse(brotliDecompressSync(bytes).toString()) as PackedCatalogue;
  if (catalogue.format !== format) throw new Error(`its format is ${catalogue.format}, not ${format}: make it anew`);
  return catalogue;
}
