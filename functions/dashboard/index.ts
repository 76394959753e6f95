/** dashboard: what the whole installation is at, live in a page. It keeps no truth of its own. */
import { ulid } from 'ulid';
import { createPublisher } from '../../lib/events/index.ts';
import { loadCatalogue } from '../../lib/graph/index.ts';
import {
  createLifecycle,
  createLog,
  type FunctionModule,
  knativeFunction,
  readSettings,
  settingsFault,
} from '../../lib/runtime/index.ts';
import { createDashboardApp } from './app.ts';
import { askAgain } from './ask-again.ts';
import { type Board, createBoard } from './board.ts';
import { createEventStreams } from './event-stream.ts';
import { feedFromFolders, feedFromKubernetes, type JobObject } from './feed.ts';
import { createJobLogs } from './job-log.ts';
import { createKnownTransforms } from './known-transforms.ts';
import { mediaLinks, mediaOrigins, publicEndpoints } from './media.ts';
import { readPage } from './page-files.ts';
import { createPictures } from './pictures.ts';
import { pipelineDot } from './pipeline-dot.ts';
import { settings } from './settings.ts';
import { openStores } from './stores.ts';

/** Between a change and the reading of it, in milliseconds: a burst of changes is one reading. */
const readingDelay = 200;

export const dashboard: FunctionModule = {
  name: 'dashboard',
  settings,
  async start(env, options = {}) {
    const set = readSettings(settings, env);
    const { token, eventKey, sink, jobsDir, transformsDir, logsDir } = set;
    if ((jobsDir === undefined) !== (transformsDir === undefined)) {
      throw settingsFault(['JOBS_DIR and TRANSFORMS_DIR belong together: set both, or neither']);
    }
    const publicEndpoint = publicEndpoints(set.publicEndpoints ?? []);
    const log = options.log ?? createLog({ name: 'dashboard', level: set.logLevel, format: set.logFormat });
    const lifecycle = createLifecycle();
    const page = await readPage();
    const stores = openStores(set, env);

    let board: Board | undefined;
    let reading: NodeJS.Timeout | undefined;
    const readSoon = () => {
      reading ??= setTimeout(() => {
        reading = undefined;
        board?.update();
      }, readingDelay);
    };
    const feedOptions = { log, onChange: readSoon };
    const feed =
      jobsDir !== undefined && transformsDir !== undefined
        ? await feedFromFolders(jobsDir, transformsDir, feedOptions)
        : await feedFromKubernetes(feedOptions);
    const { allowedEndpoints, maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes } = set;
    const limits = { allowedEndpoints, maxTimeout, maxJobTimeout, maxInputBytes, maxOutputBytes };
    const transforms = createKnownTransforms(feed, { ...limits, catalogue: loadCatalogue() });
    board = createBoard({ feed, transforms: transforms.rows, maxJobs: set.maxJobs });
    board.update();
    const streams = createEventStreams({ board, epoch: ulid() });
    const pictures = createPictures({
      dotOf: pipelineDot,
      store: ({ source, ref }) => {
        if (!stores) throw new TypeError('there is no storage to read from');
        return stores.store(source.endpoint, ref.namespace);
      },
    });
    const logs = logsDir === undefined ? undefined : createJobLogs({ folder: logsDir });
    const publish = sink === undefined ? undefined : createPublisher({ sink, timeout: set.publishTimeout * 1000 });
    const app = createDashboardApp({
      log,
      lifecycle,
      board,
      transforms,
      streams,
      pictures,
      page,
      token,
      askAgain:
        publish && eventKey !== undefined
          ? (job, transform) =>
              askAgain(job, transform, { publish, eventKey, takeBack: (one) => feed.cancellations.clear(...nameOf(one)) })
          : undefined,
      cancel: (job) => feed.cancellations.set(...nameOf(job)),
      logs,
      media: stores && ((job, transform) => mediaLinks(job, transform, stores.store, publicEndpoint)),
      mediaFor: set.outputs === 'anyone' ? 'anyone' : 'token',
      mediaOrigins: () => mediaOrigins(transforms.all(), publicEndpoint),
      links: { traceUrl: set.traceUrl, logUrl: set.logUrl },
    });
    return {
      app,
      lifecycle,
      log,
      async close() {
        clearTimeout(reading);
        streams.close();
        logs?.close();
        await feed.close();
        stores?.close();
      },
    };
  },
};

const nameOf = ({ metadata: { namespace = 'default', name } }: JobObject): [namespace: string, name: string] => [namespace, name];

export const { handle, init, shutdown, liveness, readiness } = knativeFunction(dashboard);
