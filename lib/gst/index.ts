/** Runs one graph over one object in one sandboxed child process. */
export { createEngine } from './engine.ts';
export type {
  DotSnapshot,
  Engine,
  EngineOptions,
  OutputTarget,
  RunObserver,
  RunProgress,
  RunRequest,
  RunResult,
  SandboxLevel,
} from './types.ts';
