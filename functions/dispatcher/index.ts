/** dispatcher: object events in, one signed request for each matching Transform out. */
import { ulid } from 'ulid';
import { createPublisher } from '../../lib/events/index.ts';
import { loadCatalogue } from '../../lib/graph/index.ts';
import {
  createApp,
  createLifecycle,
  createLog,
  type FunctionModule,
  knativeFunction,
  readSettings,
} from '../../lib/runtime/index.ts';
import { resolve } from '../../lib/transform/index.ts';
import { createBook } from './book.ts';
import { createHandler } from './handler.ts';
import { settings } from './settings.ts';
import { transformsOfCluster, transformsOfFolder } from './transforms.ts';

export const dispatcher: FunctionModule = {
  name: 'dispatcher',
  settings,
  async start(env, { log: given } = {}) {
    const set = readSettings(settings, env);
    const log = given ?? createLog({ name: 'dispatcher', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    const { allowedEndpoints, maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes } = set;
    const options = { allowedEndpoints, maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes, catalogue: loadCatalogue() };
    const book = createBook((resource) => resolve(resource, options), log);
    const transforms =
      set.transformsDir === undefined
        ? await transformsOfCluster(book, log)
        : await transformsOfFolder(set.transformsDir, book, log);
    const handler = createHandler({
      transforms: book,
      ready: transforms.ready,
      publish: createPublisher({ sink: set.sink, timeout: set.publishTimeout * 1000 }),
      eventKey: set.eventKey,
      newRun: () => ulid(),
    });
    const readiness = () => ({ ready: transforms.ready(), transforms: book.counts() });
    const app = createApp(handler, { log, lifecycle, bodyLimit: set.bodyLimit, readiness });
    return { app, lifecycle, log, close: transforms.close };
  },
};

export const { init, handle, liveness, readiness, shutdown } = knativeFunction(dispatcher);
