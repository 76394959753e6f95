/** Caps, as far as it takes to tell whether two of them can meet. */

export type CapsValue =
  | { kind: 'int'; value: bigint }
  | { kind: 'double'; value: number }
  | { kind: 'fraction'; numerator: bigint; denominator: bigint }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'string'; value: string }
  | { kind: 'range'; low: CapsValue; high: CapsValue }
  | { kind: 'list'; values: CapsValue[] }
  | { kind: 'array'; values: CapsValue[] }
  /** Of a type that is not compared here: bitmasks, flag sets, buffers. */
  | { kind: 'opaque'; text: string };

export interface CapsStructure {
  /** Media type, such as `video/x-raw`. */
  name: string;
  /** Sorted; `ANY` alone for any. */
  features: string[];
  fields: Map<string, CapsValue>;
}

/** `ANY`, or alternatives; none of them: empty caps. */
export type Caps = 'ANY' | CapsStructure[];
