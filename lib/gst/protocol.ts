/** What parent and child say to each other, over the IPC channel of `fork`, as JSON. */

/** Where a process may read, write, execute and connect; nothing else. Paths that do not exist are left out. */
export interface Confinement {
  /** Files and folders (with all that is in them), absolute. */
  read: string[];
  execute: string[];
  write: string[];
  /** Ports that TCP connections may go to; undefined where that is left to a later layer. */
  connect?: number[];
}

/** Process id of the parent, so that a child that starts after its parent's end does not live on. */
export const parentVariable = 'GST_FUNCTIONS_PARENT';
/** Landlock ABI of the ruleset that the first stage has bound the process by; 0 or unset: none. */
export const abiVariable = 'GST_FUNCTIONS_LANDLOCK';

export interface PlayCommand {
  kind: 'play';
  /** gst-launch text; every element of the graph is named by its node id. */
  launch: string;
  /** Name of the source element. */
  source: string;
  /** Elements whose sink pads are watched for a first buffer. */
  watched: string[];
  /** Elements whose position at the end is told, where they know what passed through them (GstBaseTransform). */
  positions: string[];
  /** Elements that wait for a pad of another: the heads of branches. */
  heads: string[];
  /** Working directory, and the place of temporary files. */
  cwd: string;
  scratch: string;
  /** Set on the first pipeline of a process only; undefined where there is no sandbox. */
  confinement?: Confinement;
  /** Of GST_DEBUG. */
  logLevel?: number;
  /** Whether `ended` brings a picture of the pipeline. */
  dotAtEnd: boolean;
  /** Milliseconds between two `progress` messages. */
  progressInterval: number;
}

export type Command =
  | PlayCommand
  /** Sets the pipeline to NULL; answered by `stopped`. */
  | { kind: 'stop' }
  /** Answered by `dot`, or by nothing where the pipeline is locked. */
  | { kind: 'dot'; id: number }
  /** Loads the plugins of these factories, so that the next run need not. */
  | { kind: 'preload'; factories: string[] };

/** A bus error. GStreamer's domain and code are not in it; its texts and who raised it are. */
export interface BusError {
  message: string;
  debug: string;
  /** Path of the element, such as `/GstPipeline:pipeline0/GstDecodeBin:dbin/GstQTDemux:qtdemux0`. */
  path: string;
  /** Empty where the element has gone already, or was made without a factory. */
  factory: string;
  /** Of its factory, such as `Codec/Demuxer`. */
  klass: string;
  /** Of the last answer that souphttpsrc got; 0 where there was none. */
  lastHttpStatus?: number;
  /** The element that did not take the caps of its neighbour. */
  refusedBy?: { name: string; factory: string; caps: string };
  httpStatus?: number;
  flowReturn?: number;
  /** Of an element whose stream nobody takes: what there is. */
  pads?: PadReport[];
}

/** One pad of the running pipeline with what it says of its stream. */
export interface PadReport {
  element: string;
  factory: string;
  klass: string;
  pad: string;
  direction: 'src' | 'sink';
  /** Is the element a node of the graph itself, and not inside of one (as decodebin's demuxer is)? */
  top: boolean;
  caps?: string;
  streamId?: string;
  tags?: Record<string, string>;
}

/** What the pipeline looked like when it had reached its end. Seconds. */
export interface EndReport {
  duration?: number;
  position?: number;
  /** By node id: position of what has passed through the element. */
  positions: Record<string, number>;
  /** How far demuxers have read, by factory name: the furthest. */
  demuxed: Record<string, number>;
  pads: PadReport[];
  /** By node id and pad: whether a buffer came, for the watched elements. */
  buffers: Record<string, Record<string, boolean>>;
}

export type Report =
  /** Loaded and sandboxed: commands may come. */
  | { kind: 'ready'; landlock: number; tcp: boolean; gstreamer: string }
  /** GStreamer cannot make the pipeline. */
  | { kind: 'refused'; message: string; by: 'sandbox' | 'gstreamer' }
  | { kind: 'state'; state: 'READY' | 'PAUSED' | 'PLAYING' }
  | ({ kind: 'error' } & BusError)
  | { kind: 'warning'; element: string; text: string }
  /** The head of a branch got no pad: the input lacks its stream. */
  | { kind: 'unlinked'; head: string; wants: string; pads: PadReport[] }
  | { kind: 'missing-plugin'; what: string; caps: string }
  | { kind: 'encrypted'; system: string }
  | {
      kind: 'progress';
      /** Seconds, where known. */
      position?: number;
      duration?: number;
      bytesIn: number;
      /** The source element waits for data, and nobody downstream is at work on what it gave. */
      sourceWaits: boolean;
      /** Heads of branches that are not linked yet, with what they want. */
      unlinked: Array<{ head: string; wants: string }>;
      /** While there are such heads: what there is. */
      pads: PadReport[];
      /** Seconds of CPU that this process has used. */
      cpu: number;
    }
  | { kind: 'eos' }
  /** The pipeline came to its end and was stopped: its files are whole. */
  | { kind: 'ended'; end: EndReport; dot?: string }
  | { kind: 'stopped' }
  | { kind: 'dot'; id: number; dot: string };
