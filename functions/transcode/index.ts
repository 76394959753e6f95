/** Runs the pipeline of a request over its object: one at a time, in a child process, with outputs whole or not at all. */
import { ulid } from 'ulid';
import { Fault } from '../../lib/errors.ts';
import { createPublisher } from '../../lib/events/index.ts';
import { loadCatalogue } from '../../lib/graph/index.ts';
import { createEngine, type Engine } from '../../lib/gst/index.ts';
import {
  createApp,
  createLifecycle,
  createLog,
  type FunctionModule,
  knativeFunction,
  type Readiness,
  readSettings,
} from '../../lib/runtime/index.ts';
import { createStoreCache, loadClient } from '../../lib/storage/index.ts';
import { gauge } from '../../lib/telemetry/index.ts';
import { createAdmit } from './admit.ts';
import { cancelledFrom } from './cancelled.ts';
import { requiredCredentials } from './credentials.ts';
import { createHandler } from './handler.ts';
import { ownScratch } from './scratch.ts';
import { settings } from './settings.ts';

export const transcode: FunctionModule = {
  name: 'transcode',
  settings,
  frugal: true, // what it takes, pipelines cannot have
  async start(env, options = {}) {
    const set = readSettings(settings, env);
    const credentials = requiredCredentials(set, env);
    const log = options.log ?? createLog({ name: 'transcode', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    const scratch = await ownScratch(set.scratchDir);
    const engine = createEngine({
      scratchRoot: scratch.path,
      requireSandbox: set.requireSandbox,
      spare: set.eventPath === undefined,
      memoryLimit: set.maxMemory,
      durationRatio: set.durationRatio,
      env,
      onWarning: (message) => log.warn(message),
    });
    const stores = createStoreCache({
      credentials,
      caFolder: scratch.path,
      onLeftover: (fault, upload) => log.warn({ err: fault, ...upload }, 'upload not aborted'),
    });
    // a process for one event is that of a Transform with `execution: job`
    const maxTimeout = set.eventPath !== undefined ? set.maxJobTimeout : set.maxTimeout;
    const spare = keepWarm(engine);
    const isCancelled = cancelledFrom(set.jobsDir, env);
    gauge('gst.sandbox.level', () => (spare.readiness().warm === true ? engine.sandbox.abi : undefined));
    let running: string | undefined;
    const handler = createHandler({
      publish: createPublisher({ sink: set.sink, timeout: set.publishTimeout * 1000 }),
      eventKey: set.eventKey,
      admit: createAdmit({
        catalogue: loadCatalogue(),
        allowedEndpoints: set.allowedEndpoints,
        ceilings: { timeout: maxTimeout, inputBytes: set.maxInputBytes, outputBytes: set.maxOutputBytes },
      }),
      store: stores.store,
      engine,
      newRun: () => ulid(),
      cancel: isCancelled && { isCancelled, interval: set.cancelInterval * 1000 },
      progressInterval: set.progressInterval * 1000,
      scratchDir: scratch.path,
      uploadTimeout: set.uploadTimeout,
      staleUploadAge: maxTimeout + set.uploadTimeout,
      onRunning(job) {
        running = job;
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
      async close() {
        spare.stop();
        await engine.close();
        stores.close();
        await scratch.remove();
      },
    };
  },
};

/** Loads the spare child, and the client of the storage, once the server listens: a first request need not wait for it. */
function keepWarm(engine: Engine): { readiness(): Readiness; stop(): void } {
  let failure: Fault | undefined;
  let loaded = false;
  let loading = false;
  const warm = async () => {
    if (loading) return;
    loading = true;
    try {
      await engine.warm();
      loaded = true;
      failure = undefined;
    } catch (error) {
      failure = Fault.from(error);
    } finally {
      loading = false;
    }
  };
  const soon = setImmediate(() => {
    void warm();
    void loadClient();
  });
  return {
    readiness() {
      if (failure === undefined) return { ready: true, warm: loaded };
      void warm(); // whoever asks again learns whether it went better
      return { ready: false, warm: false, code: failure.code, message: failure.message };
    },
    stop: () => clearImmediate(soon),
  };
}

export const { handle, init, shutdown, liveness, readiness } = knativeFunction(transcode);
