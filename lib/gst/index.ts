/** Runs one graph over one object in one sandboxed child process. */
export { type Children, createChildren } from './children.ts';
export { createEngine } from './engine.ts';
export type {
  ChildrenOptions,
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
