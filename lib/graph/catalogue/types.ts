/** What an installed GStreamer has: its elements with their pads and properties, as far as a pipeline is checked by them. */

export interface Catalogue {
  /** Such as `1.22.0`. */
  readonly version: string;
  element(name: string): ElementInfo | undefined;
  /** Names of all elements, sorted. */
  names(): readonly string[];
}

export interface ElementInfo {
  name: string;
  /** Such as `Codec/Encoder/Video`. */
  klass: string;
  pads: PadTemplate[];
  /** All but `name` and `parent`, which every element has. */
  properties: Readonly<Record<string, PropertyInfo>>;
  /** A bin or a GstChildProxy: takes properties of its children as `child::property`. */
  childProxy: boolean;
  /** It opens URIs, to read or to write. */
  uri?: 'src' | 'sink';
}

export interface PadTemplate {
  /** Such as `src`, `sink_%u`. */
  name: string;
  direction: 'src' | 'sink';
  presence: 'always' | 'sometimes' | 'request';
  /** In their string form; `ANY` for any. */
  caps: string;
  /**
   * Where pads are the children of their element, as with mixers: what is set as `pad::property`. All but `name`, `parent`
   * and `direction`. Elsewhere, and where nobody knows what kind of pads will come: undefined.
   */
  properties?: Readonly<Record<string, PropertyInfo>>;
}

export interface PropertyInfo {
  /** `text` is a type whose text is not looked into; `other` one that no text can be read into. */
  type: PropertyType;
  /** Name of the GType, such as `GstX264EncPreset`. */
  typeName: string;
  /** Of numbers and fractions, as text: 64-bit numbers do not fit a JSON number. */
  minimum?: string;
  maximum?: string;
  /** As text, in the form that a launch line takes. */
  default?: string;
  /** Of enums and flags. `name` is the long form, which GStreamer takes too. */
  values?: ReadonlyArray<{ nick: string; name: string; value: number }>;
  writable: boolean;
  deprecated: boolean;
  /** Of strings and objects: what GStreamer says that it is for. */
  blurb?: string;
}

export type PropertyType =
  | 'boolean'
  | 'int'
  | 'uint'
  | 'int64'
  | 'uint64'
  | 'float'
  | 'double'
  | 'string'
  | 'enum'
  | 'flags'
  | 'fraction'
  | 'caps'
  | 'structure'
  | 'array'
  | 'element'
  | 'text'
  | 'other';
