/**
 * The one model of a pipeline that every notation (a Transform's `elements`, gst-launch text, DOT) is read into and
 * printed from. It knows GStreamer's words (element, pad, caps), and neither processes nor networks.
 */

/** A property as a user writes it. Strings hold GStreamer's own string form (caps, enum nicks, flags, fractions). */
export type PropertyValue = string | number | boolean;

/**
 * One entry of `pipeline.elements`. Exactly one of `name`, `goto` and `linkto` is set. `goto` and `linkto` name an
 * alias, or a pad of it as `alias.pad` (`demux.video_0`); `linkto: <sink>-out` feeds the sink of that name.
 */
export interface Element {
  /** Factory name, such as `x264enc`. */
  name?: string;
  /** What `goto` and `linkto` elsewhere in the list call this element. */
  alias?: string;
  properties?: Record<string, PropertyValue>;
  /** Go on from that element. */
  goto?: string;
  /** Link the element before to that one, and go on from it. */
  linkto?: string;
}

export interface Node {
  /** The alias, or a generated name; unique in the graph; a valid GStreamer object name. */
  id: string;
  factory: string;
  alias?: string;
  properties: Record<string, PropertyValue>;
  /** Index in `pipeline.elements`, or offset in launch text: where a fault is reported. */
  at: number;
}

/** An element, and the pad of it where one is named. */
export interface PadRef {
  node: string;
  pad?: string;
}

export interface Link {
  from: PadRef;
  to: PadRef;
  /** Caps filter between the two, from launch text. */
  caps?: string;
  at: number;
}

/** What feeds an output: `name` is that of the sink (`out` where a Transform has a single one). */
export interface OutputLink {
  name: string;
  from: PadRef;
  at: number;
}

export interface Graph {
  nodes: Node[];
  links: Link[];
  /** The element that the source object is fed to. */
  source: PadRef | undefined;
  /** One per fed output; none where every file is written by elements of a directory output. */
  outputs: OutputLink[];
}
