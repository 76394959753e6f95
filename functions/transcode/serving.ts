/** All that a request needs but its child: loaded while the first one starts. */
import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { createPublisher } from '../../lib/events/index.ts';
import { loadCatalogue } from '../../lib/graph/index.ts';
import { type Children, createEngine } from '../../lib/gst/index.ts';
import {
  type CredentialsOf,
  createApp,
  createLifecycle,
  createLog,
  type RunningFunction,
  type Settings,
} from '../../lib/runtime/index.ts';
import { createStoreCache } from '../../lib/storage/index.ts';
import { gauge } from '../../lib/telemetry/index.ts';
import { createAdmit } from './admit.ts';
import { cancelledFrom } from './cancelled.ts';
import { createHandler } from './handler.ts';
import type { settings } from './settings.ts';
import type { Warm } from './warm.ts';

export interface Begun {
  credentials: CredentialsOf;
  /** Folder of this process. */
  scratch: string;
  children: Children;
  spare: Warm;
  env: NodeJS.ProcessEnv;
  /** In place of the logger that the settings describe. */
  log: Logger | undefined;
}

export function serving(
  set: Settings<typeof settings>,
  { credentials, scratch, children, spare, env, ...given }: Begun,
): RunningFunction {
  const log = given.log ?? createLog({ name: 'transcode', level: set.logLevel, format: set.logFormat });
  const lifecycle = createLifecycle();
  const engine = createEngine(
    { scratchRoot: scratch, spare: set.eventPath === undefined, memoryLimit: set.maxMemory, durationRatio: set.durationRatio },
    children,
  );
  const stores = createStoreCache({
    credentials,
    caFolder: scratch,
    onLeftover: (fault, upload) => log.warn({ err: fault, ...upload }, 'upload not aborted'),
  });
  // a process for one event is that of a Transform with `execution: job`
  const maxTimeout = set.eventPath !== undefined ? set.maxJobTimeout : set.maxTimeout;
  const isCancelled = cancelledFrom(set.jobsDir, env);
  gauge('gst.sandbox.level', () => (spare.readiness().warm === true ? engine.sandbox.abi : undefined));
  const catalogue = loadCatalogue();
  let running: string | undefined;
  const loaded = Promise.withResolvers<void>();
  const handler = createHandler({
    publish: createPublisher({ sink: set.sink, timeout: set.publishTimeout * 1000 }),
    eventKey: set.eventKey,
    admit: createAdmit({
      catalogue,
      allowedEndpoints: set.allowedEndpoints,
      ceilings: { timeout: maxTimeout, inputBytes: set.maxInputBytes, outputBytes: set.maxOutputBytes },
    }),
    store: stores.store,
    engine,
    newRun: () => ulid(Date.now(), () => randomInt(32) / 32), // its own source of chance makes Node load Web Crypto
    cancel: isCancelled && { isCancelled, interval: set.cancelInterval * 1000 },
    progressInterval: set.progressInterval * 1000,
    scratchDir: scratch,
    uploadTimeout: set.uploadTimeout,
    staleUploadAge: maxTimeout + set.uploadTimeout,
    onLoaded: loaded.resolve,
    onRunning(job) {
      running = job;
      if (job === undefined) loaded.resolve(); // also where it had nothing to do
    },
  });
  const app = createApp(handler, {
    log,
    lifecycle,
    bodyLimit: set.bodyLimit,
    readiness: () => ({ ...spare.readiness(), sandbox: engine.sandbox, busy: running !== undefined, running }),
  });
  return {
    app,
    lifecycle,
    log,
    atRest: () => void catalogue.version,
    loaded: loaded.promise, // what memory it takes, pipelines cannot have
    async close() {
      stores.close();
    },
  };
}
