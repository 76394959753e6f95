/** Running one graph over one object in one child process. */
import type { Debug, Limits, MediaFacts } from '../events/types.ts';
import type { Graph } from '../graph/model.ts';
import type { ReadAccess } from '../storage/types.ts';
import type { ChildFiles } from './entry.ts';
import type { RunTimes } from './run-times.ts';

/** Where an output of the graph is written: a file, or (directory outputs) the working folder of the pipeline. */
export interface OutputTarget {
  name: string;
  /** Absolute, inside `scratch`; a folder ends in `/` and exists. */
  path: string;
}

export interface RunRequest {
  graph: Graph;
  source: ReadAccess;
  /** What the source is called, for whoever looks at a trace. */
  object?: { bucket: string; key: string };
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
  /** A GStreamer warning, redacted; once a run, however many frames or times it names. */
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
  /** The spare child loads the plugins of the factories that are about to run, while the storage is asked for their object. */
  prepare(factories: string[]): void;
  /** Makes a spare child where one is kept and there is none: a run over a large source leaves that to who ends its job. */
  reserve(): void;
  /** Resolves when a spare child is loaded, so that the next run starts at once. */
  warm(): Promise<void>;
  readonly sandbox: SandboxLevel;
  close(): Promise<void>;
}

/** How children are started, and what they can reach. */
export interface ChildrenOptions {
  /** Folder in which the `scratch` of every run lies. A child can write there and nowhere else. */
  scratchRoot: string;
  /** Files and folders where local sources and their CA files lie; those of a run are read, the rest is not. */
  readable?: readonly string[];
  /** Default true. Only tests of the sandbox itself switch it off. */
  sandbox?: boolean;
  /** Fail with SANDBOX_REQUIRED where the kernel offers no Landlock. Default false. */
  requireSandbox?: boolean;
  /** Where GST_* paths are looked up. Default: that of the process. */
  env?: NodeJS.ProcessEnv;
  /** Where the plugin registry is kept if GST_REGISTRY names none. Default: gst-functions in the user's cache folder. */
  cacheDir?: string;
  /** Entry files of the child, where they do not lie beside this file. */
  files?: ChildFiles;
  /** Told once that there is no sandbox, or a weaker one. */
  onWarning?(message: string): void;
}

export interface EngineOptions extends ChildrenOptions {
  /** Most resident bytes of a child. Default: what the container has left, where it has a limit. */
  memoryLimit?: number;
  /** Least share of the duration that the index of an mp4 or mov declares, which must come out. Default 0.9. */
  durationRatio?: number;
  /** Keep a loaded child in reserve. Default true. */
  spare?: boolean;
  times?: Partial<RunTimes>;
}
