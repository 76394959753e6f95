/** Runs the pipeline of a request over its object: one at a time, in a child process, with outputs whole or not at all. */
import type { Logger } from 'pino';
import { createChildren } from '../../lib/gst/children.ts';
import { knativeFunction } from '../../lib/runtime/knative-function.ts';
import { readSettings } from '../../lib/runtime/settings.ts';
import type { FunctionModule } from '../../lib/runtime/types.ts';
import { requiredCredentials } from './credentials.ts';
import { ownScratch } from './scratch.ts';
import { settings } from './settings.ts';
import { keepWarm } from './warm.ts';

export const transcode: FunctionModule = {
  name: 'transcode',
  settings,
  async start(env, options = {}) {
    const set = readSettings(settings, env);
    const credentials = requiredCredentials(set, env);
    const scratch = ownScratch(set.scratchDir);
    const logging = Promise.withResolvers<Logger>();
    const children = createChildren({
      scratchRoot: scratch.path,
      requireSandbox: set.requireSandbox,
      env,
      onWarning: (message) => void logging.promise.then((log) => log.warn(message)),
    });
    // the first child starts while the rest of this process is loaded, which lets nothing else run meanwhile
    const spare = keepWarm(children);
    await children.forked;
    const release = async () => {
      await children.close();
      await scratch.remove();
    };
    try {
      const { serving } = await import('./serving.ts');
      const running = serving(set, { credentials, scratch: scratch.path, children, spare, env, log: options.log });
      logging.resolve(running.log);
      return {
        ...running,
        async close() {
          await release();
          await running.close();
        },
      };
    } catch (error) {
      await release();
      throw error;
    }
  },
};

export const { handle, init, shutdown, liveness, readiness } = knativeFunction(transcode);
