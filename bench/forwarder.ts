/** The server of the functions with a handler that posts what it gets: what the dispatcher is measured against. */
import { createPublisher } from '../lib/events/index.ts';
import {
  commonSettings,
  createApp,
  createLifecycle,
  createLog,
  type FunctionModule,
  publishSettings,
  readSettings,
  runFunction,
} from '../lib/runtime/index.ts';

const settings = { ...commonSettings, ...publishSettings };

const forwarder: FunctionModule = {
  name: 'forwarder',
  settings,
  async start(env) {
    const set = readSettings(settings, env);
    const log = createLog({ name: 'forwarder', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    const publish = createPublisher({ sink: set.sink, timeout: set.publishTimeout * 1000 });
    const app = createApp((event, { signal }) => publish(event, { signal }), { log, lifecycle, bodyLimit: set.bodyLimit });
    return { app, lifecycle, log, async close() {} };
  },
};

await runFunction(forwarder, process.env);
