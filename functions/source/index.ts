/** source: MinIO's webhook in, object events out. One for each MinIO server. */
import { createPublisher } from '../../lib/events/index.ts';
import {
  createHttpApp,
  createLifecycle,
  createLog,
  type FunctionModule,
  knativeFunction,
  readSettings,
} from '../../lib/runtime/index.ts';
import { bearer } from './authorized.ts';
import { createHandler } from './handler.ts';
import { settings, together } from './settings.ts';

export const source: FunctionModule = {
  name: 'source',
  settings,
  async start(env, { log: given } = {}) {
    const set = readSettings(settings, env, together);
    const log = given ?? createLog({ name: 'source', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    if (set.authToken === undefined) log.warn('notifications are taken without a token (WEBHOOK_ALLOW_ANONYMOUS)');
    const handler = createHandler({
      publish: createPublisher({ sink: set.sink, timeout: set.publishTimeout * 1000 }),
      authorized: set.authToken === undefined ? () => true : bearer(set.authToken),
      endpoint: set.endpoint,
    });
    // MinIO may look by HEAD or GET whether somebody is there
    const app = createHttpApp(handler, { log, lifecycle, bodyLimit: set.bodyLimit, ping: true });
    return { app, lifecycle, log, close: async () => {} };
  },
};

export const { init, handle, liveness, readiness, shutdown } = knativeFunction(source);
