/** recorder: requests, results and dead letters in, Job records kept. */
import { createFileJobStore, createKubernetesJobStore } from '../../lib/jobs/index.ts';
import { createKubeClient } from '../../lib/kubernetes/index.ts';
import {
  createApp,
  createLifecycle,
  createLog,
  type FunctionModule,
  knativeFunction,
  readSettings,
  settingsFault,
} from '../../lib/runtime/index.ts';
import { createHandler } from './handler.ts';
import { settings } from './settings.ts';

export const recorder: FunctionModule = {
  name: 'recorder',
  settings,
  async start(env, { log: given } = {}) {
    const set = readSettings(settings, env);
    const log = given ?? createLog({ name: 'recorder', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    const jobs = set.jobsDir === undefined ? createKubernetesJobStore(await createKubeClient()) : await filesIn(set.jobsDir);
    const handler = createHandler({ jobs, now: () => new Date() });
    // data of a dead letter may be what nobody could read: refusing it would lose the rest of it without a word
    const app = createApp(handler, { log, lifecycle, bodyLimit: set.bodyLimit, keepUnreadableData: true });
    return { app, lifecycle, log, close: async () => {} };
  },
};

function filesIn(folder: string) {
  return createFileJobStore(folder).catch((error: Error) => {
    throw settingsFault([`JOBS_DIR cannot be used: ${error.message}`]);
  });
}

export const { init, handle, liveness, readiness, shutdown } = knativeFunction(recorder);
