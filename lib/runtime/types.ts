/** What a function is, independent of how it is served. */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import type { HeaderFields } from '../events/receive.ts';
import type { Respond } from './exchange.ts';
import type { SettingsSpec } from './settings.ts';

export interface EventContext {
  log: Logger;
  /** Aborted when the process must end: stop what is in hand and answer. */
  signal: AbortSignal;
  /** Aborted when the caller has gone away: nobody reads the answer, the event will come again. */
  gone: AbortSignal;
  /** True once SIGTERM has come: finish what is in hand, begin nothing. */
  draining: () => boolean;
  /** Path and query under which the event came, such as `/dead`. */
  path: string;
  headers: HeaderFields;
}

/**
 * Handles one CloudEvent. Resolves when the work is done (answer 204); rejects with a `Fault`, whose status is the
 * answer. The body of every answer is empty: an error body can crash the in-memory dispatcher of Knative.
 */
export type Handler = (event: CloudEvent<unknown>, context: EventContext) => Promise<void>;

export type { Publish } from '../events/publish.ts';

/** Where the process stands: at work, draining (SIGTERM has come), or at its end. */
export interface Lifecycle {
  /** SIGTERM has come: readiness says no, and long work is refused with SHUTTING_DOWN. */
  draining(): boolean;
  /** Aborted when the time to drain is over: stop what is in hand and answer. */
  readonly signal: AbortSignal;
  /** Counts work in hand until the function that it returns is called. */
  begin(): () => void;
  /** Turns `draining` on. */
  drain(): void;
  /** Resolves when no work is in hand. */
  idle(): Promise<void>;
  /** Ends the time to drain. */
  abort(reason: unknown): void;
}

/** Answers requests without a socket. */
export interface App {
  fetch(request: Request): Response | Promise<Response>;
  /** The same without the classes of fetch, for what starts while somebody waits: see exchange.ts. */
  respond?: Respond;
}

/** One function at work: the app answers requests without a socket, so a server or a test can drive it. */
export interface RunningFunction {
  app: App;
  lifecycle: Lifecycle;
  log: Logger;
  /** Called once it listens, while nothing has come yet: reads what a first request would have to wait for. */
  atRest?(): void;
  /**
   * Where its process shares a container with others that need the memory: resolves when the first work has loaded what
   * only work needs. From then on the process is to take no more memory than it must.
   */
  loaded?: Promise<void>;
  /** Releases what `start` acquired. Called once, after the work in hand has ended. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** In place of the logger that LOG_LEVEL describes. */
  log?: Logger;
}

/**
 * The one shape of every function. `functions/<name>/index.ts` exports it under the function's name, and spreads
 * `knativeFunction(module)` into `handle`, `init`, `shutdown`, `liveness` and `readiness`, which are the names that
 * Knative Functions looks for.
 */
export interface FunctionModule {
  name: string;
  /** All the settings it reads, those of the runtime included; for docs/reference/settings.md. */
  settings: SettingsSpec;
  /** Rejects with SETTINGS_INVALID, all faults at once. When it resolves the function can answer. */
  start(env: NodeJS.ProcessEnv, options?: StartOptions): Promise<RunningFunction>;
}
