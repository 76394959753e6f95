/** reconciler: keeps status, bucket notifications, runners and old records as they should be, and sweeps up what was lost. */
import { createPublisher } from '../../lib/events/index.ts';
import { loadCatalogue } from '../../lib/graph/index.ts';
import { createKubeClient, createSecretReader } from '../../lib/kubernetes/index.ts';
import {
  createApp,
  createLifecycle,
  createLog,
  type FunctionModule,
  knativeFunction,
  readSettings,
} from '../../lib/runtime/index.ts';
import { createStoreCache } from '../../lib/storage/index.ts';
import { createReconciler } from './handler.ts';
import { type PassDeps, pass } from './pass.ts';
import { settings } from './settings.ts';
import { createStateStore } from './state.ts';

const second = 1000; // ms

export const reconciler: FunctionModule = {
  name: 'reconciler',
  settings,
  async start(env, { log: given } = {}) {
    const set = readSettings(settings, env);
    const log = given ?? createLog({ name: 'reconciler', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    const client = await createKubeClient();
    const secrets = createSecretReader(client);
    const stores = createStoreCache({
      credentials: ({ credentialsSecret }, namespace) => secrets.credentials(namespace, credentialsSecret),
    });
    const { allowedEndpoints, maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes } = set;
    const deps: PassDeps = {
      client,
      store: stores.store,
      publish: createPublisher({ sink: set.sink, timeout: set.publishTimeout * second }),
      eventKey: set.eventKey,
      checking: () => ({
        allowedEndpoints,
        maxTimeout,
        maxJobTimeout,
        maxInputBytes,
        maxOutputBytes,
        catalogue: loadCatalogue(),
      }),
      systemNamespace: set.systemNamespace,
      arn: set.notificationArn,
      keepRunners: set.runnerKeepSeconds * second,
      retention: { finished: set.keepFinished * second, failed: set.keepFailed * second, most: set.keepJobs },
      limits: {
        grace: set.sweepGrace * second,
        overlap: set.sweepOverlap * second,
        silence: set.sweepSilence * second,
        keys: set.sweepKeys,
        looks: set.sweepRequests,
      },
      state: createStateStore(client, set.systemNamespace),
      log,
      now: () => new Date(),
    };
    const { handler, look } = createReconciler((occasion) => pass(deps, occasion));
    // the first pass is work in hand like any other, but nobody waits for it
    const done = lifecycle.begin();
    void look()
      .catch((error: unknown) => log.error({ err: error }, 'first pass failed'))
      .finally(done);
    const app = createApp(handler, { log, lifecycle, bodyLimit: set.bodyLimit });
    return { app, lifecycle, log, close: async () => stores.close() };
  },
};

export const { init, handle, liveness, readiness, shutdown } = knativeFunction(reconciler);
