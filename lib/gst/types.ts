/** Running one graph over one object in one child process. */
import type { Debug, Limits, MediaFacts } from '../events/types.ts';
import type { Graph } from '../graph/model.ts';
import type { ReadAccess } from '../storage/types.ts';

/** Where an output of the graph is written: a file, or (directory outputs) the working folder of the pipeline. */
export interface OutputTarget {
  name: string;
  /** Absolute, inside `scratch`; a folder ends in `/` and exists. */
  path: string;
}

export interface RunRequest {
  graph: Graph;
  source: ReadAccess;
  /** Bytes of the source, for progress. */
  sourceSize: number;
  outputs: OutputTarget[];
  onMissingStream: 'skip' | 'fail';
  limits: Limits;
  debug?: Debug;
  /** Absolute path of an empty folder that is this run's own. */
  scratch: string;
}

export interface RunProgress {
  /** Seconds of media. */
  position: number;
  duration?: number;
  /** Media seconds a second. */
  speed?: number;
  bytesIn: number;
  bytesOut: number;
}

/** A picture of the pipeline at one moment, secrets redacted. */
export interface DotSnapshot {
  dot: string;
  reason: 'playing' | 'interval' | 'error' | 'stall' | 'end';
  at: Date;
}

export interface RunObserver {
  /**
   * Called once, when the pipeline that will run to the end is chosen (missing streams are pruned by then) and before
   * it has written much: uploads may begin.
   */
  onPlaying?(choice: { skippedStreams: string[]; skippedOutputs: string[] }): void;
  onProgress?(progress: RunProgress): void;
  onDot?(snapshot: DotSnapshot): void;
  /** GST_DEBUG lines, redacted; only where `debug.logLevel` is set. */
  onLog?(lines: string): void;
  /** A GStreamer warning, redacted, each text once a run. */
  onWarning?(message: string): void;
}

export interface RunResult {
  input: MediaFacts;
  /** By output name. */
  outputs: Record<string, MediaFacts & { bytes: number }>;
  /** Head elements of branches that were cut because the input lacks their stream. */
  skippedStreams: string[];
  /** Outputs whose every branch was cut: nothing was written for them. */
  skippedOutputs: string[];
  /** Seconds. */
  timings: { start: number; preroll: number; playing: number };
}

/** Level of the sandbox that children run in: Landlock ABI (0: none), and what is bound. */
export interface SandboxLevel {
  abi: number;
  files: boolean;
  tcp: boolean;
}

/** Runs graphs, one child process each; keeps one loaded child in reserve. */
export interface Engine {
  /** Rejects with a Fault; leaves no process behind; never more than one run at a time per spare. */
  run(request: RunRequest, observer: RunObserver, signal: AbortSignal): Promise<RunResult>;
  /** Resolves when a spare child is loaded, so that the next run starts at once. */
  warm(): Promise<void>;
  readonly sandbox: SandboxLevel;
  close(): Promise<void>;
}
