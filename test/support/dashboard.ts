/** A dashboard over folders of its own, and what one puts into them. */
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { ulid } from 'ulid';
import { dashboard } from '../../functions/dashboard/index.ts';
import { type Served, serve } from '../../lib/runtime/index.ts';
import type { JobSpec, JobStatus } from '../../lib/transform/schema/job.ts';

export const token = 'a token for tests';

export interface JobFields {
  name: string;
  key?: string;
  transform?: string;
  created?: string;
  status?: JobStatus;
  spec?: Partial<JobSpec>;
}

/** A record as the recorder keeps it. */
export function jobRecord({ name, key = `drop/${name}.mkv`, transform = 'mp4-converter', created, status, spec }: JobFields) {
  const minio = (bucket: string) => ({ minio: { endpoint: '127.0.0.1:9000', insecureNoTLS: true, region: 'us-east-1', bucket } });
  return {
    apiVersion: 'pipelines.gst.io/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default', creationTimestamp: created ?? new Date().toISOString(), resourceVersion: '1' },
    spec: {
      pipelineRef: { kind: 'Transform', name: transform },
      src: {
        name: key,
        config: minio('media'),
        streamType: 'all',
        etag: 'e7a9',
        size: 73_400_320,
        eventTime: '2026-01-02T03:04:05.000Z',
      },
      sinks: [{ name: `mp4/${name}.mp4`, config: minio('processed'), streamType: 'all' }],
      ...spec,
    },
    status,
  };
}

/** Statuses by what they show, with times so many seconds ago. */
export const statusOf = {
  running: (percent: number, further: JobStatus = {}): JobStatus => ({
    state: 'InProgress',
    run: ulid(),
    runs: 1,
    startTime: secondsAgo(40),
    progress: { percent, position: percent * 6, duration: 600, speed: 2.4, bytesIn: 12_000_000, bytesOut: 3_000_000 },
    ...further,
  }),
  finished: (ago = 30, further: JobStatus = {}): JobStatus => ({
    state: 'Finished',
    run: ulid(),
    runs: 1,
    startTime: secondsAgo(ago + 12),
    completionTime: secondsAgo(ago),
    seconds: 12,
    progress: { percent: 100 },
    ...further,
  }),
  failed: (code = 'CAPS_NOT_NEGOTIATED', ago = 20, further: JobStatus = {}): JobStatus => ({
    state: 'Failed',
    run: ulid(),
    runs: 1,
    startTime: secondsAgo(ago + 3),
    completionTime: secondsAgo(ago),
    seconds: 3,
    error: {
      code,
      class: 'permanent',
      message: 'x264enc0 and its neighbour share no format: not-negotiated (-4)',
      remedy: 'Put a converter (videoconvert, videoscale) before x264enc0.',
      element: 'x264enc0',
    },
    ...further,
  }),
};

export const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

/** A Transform as people write it. `debug` keeps graphs. */
export function transformYaml({
  name = 'mp4-converter',
  endpoint = '127.0.0.1:9000',
  debug = false,
  element = 'x264enc',
}: {
  name?: string;
  endpoint?: string;
  debug?: boolean;
  element?: string;
} = {}): string {
  return `apiVersion: pipelines.gst.io/v1
kind: Transform
metadata:
  name: ${name}
spec:
  globals:
    minio: { endpoint: "${endpoint}", insecureNoTLS: true, credentialsSecret: { name: minio } }
  src:
    minio: { bucket: media, key: drop/ }
  sink:
    minio: { bucket: processed, key: "mp4/{{ .SrcKey }}.mp4" }
  pipeline:
${debug ? '    debug: { dot: { path: debug/ } }\n' : ''}    elements:
      - { name: decodebin }
      - { name: videoconvert }
      - { name: ${element}, properties: { bitrate: 2000 } }
      - { name: mp4mux }
`;
}

export interface TestDashboard {
  url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  writeJob(fields: JobFields): Promise<void>;
  removeJob(name: string): Promise<void>;
  writeTransform(file: string, text: string): Promise<void>;
  /** Lines of the log of a job, as functions print them. */
  appendLog(job: string, ...entries: Array<Record<string, unknown>>): Promise<void>;
  jobsDir: string;
  transformsDir: string;
  stop(): Promise<void>;
  /** At the same address. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startDashboard(env: NodeJS.ProcessEnv = {}): Promise<TestDashboard> {
  const folder = await mkdtemp(join(tmpdir(), 'dashboard-'));
  const [jobsDir, transformsDir, logsDir] = [join(folder, 'jobs'), join(folder, 'transforms'), join(folder, 'logs')];
  await mkdir(join(jobsDir, 'default'), { recursive: true });
  await mkdir(transformsDir);
  await mkdir(logsDir);
  const settings = { JOBS_DIR: jobsDir, TRANSFORMS_DIR: transformsDir, LOGS_DIR: logsDir, ...env };
  let served: Served | undefined;
  const start = async (port = 0) => {
    const running = await dashboard.start(settings, { log: pino({ level: 'silent' }) });
    served = await serve(running, { port, host: '127.0.0.1', drainSeconds: 1 });
    return served.port;
  };
  const stop = async () => {
    await served?.close();
    served = undefined;
  };
  const port = await start();
  const url = `http://127.0.0.1:${port}/`;
  let drafts = 0;
  const put = async (path: string, text: string) => {
    const draft = join(folder, `draft.${drafts++}`);
    await writeFile(draft, text);
    await rename(draft, path);
  };
  return {
    url,
    jobsDir,
    transformsDir,
    fetch: (path, init) => fetch(new URL(path, url), init),
    writeJob: (fields) => put(join(jobsDir, 'default', `${fields.name}.json`), JSON.stringify(jobRecord(fields))),
    removeJob: (name) => rm(join(jobsDir, 'default', `${name}.json`)),
    writeTransform: (file, text) => put(join(transformsDir, file), text),
    async appendLog(job, ...entries) {
      const lines = entries.map((entry) => JSON.stringify({ time: new Date().toISOString(), name: 'transcode', job, ...entry }));
      await appendFile(join(logsDir, `${job}.jsonl`), `${lines.join('\n')}\n`);
    },
    stop,
    start: async () => void (await start(port)),
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
