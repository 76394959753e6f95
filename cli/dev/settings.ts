/** The settings of each function on one machine. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { isFree } from './free-port.ts';

export interface Place {
  /** Where all is kept: objects, Job records, scratch, logs. */
  dataDir: string;
  transformsDir: string;
  jobsDir: string;
  /** Log lines by job. */
  logsDir: string;
  /** With a folder for each process of transcode. */
  scratchDir: string;
  /** Of the Broker. */
  sink: string;
  minio: { address: string; accessKey: string; secretKey: string };
  eventKey: string;
  webhookToken: string;
  dashboardToken: string;
  /** How long work in hand may go on at the end, in seconds. */
  drainSeconds: number;
}

/** Seconds between two progress events: somebody looks on. */
const progressInterval = 0.5;

/** Seconds between two looks whether a job is cancelled. */
const cancelInterval = 0.5;

/** Of the environment of this process all is passed on but what would make a function look elsewhere. */
export function environmentOf(place: Place, scratch: string): NodeJS.ProcessEnv {
  const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, REQUIRE_SANDBOX: ___, ALLOWED_ENDPOINTS: ____, ...inherited } = process.env;
  return {
    ...inherited,
    K_SINK: place.sink,
    EVENT_KEY: place.eventKey,
    WEBHOOK_AUTH_TOKEN: place.webhookToken,
    MINIO_ENDPOINT: place.minio.address,
    MINIO_ACCESS_KEY: place.minio.accessKey,
    MINIO_SECRET_KEY: place.minio.secretKey,
    DASHBOARD_TOKEN: place.dashboardToken,
    DASHBOARD_OUTPUTS: 'anyone', // on loopback, with objects of one's own
    TRANSFORMS_DIR: place.transformsDir,
    JOBS_DIR: place.jobsDir,
    LOGS_DIR: place.logsDir,
    SCRATCH_DIR: join(place.scratchDir, scratch),
    PROGRESS_INTERVAL: String(progressInterval),
    CANCEL_CHECK_SECONDS: String(cancelInterval),
    DRAIN_SECONDS: String(place.drainSeconds),
  };
}

/** In the folder of `dev` while that runs. */
export const settingsFile = 'settings.env';

/** What `retry` and `backfill` need to know, as a file of settings. */
export function commandSettings(place: Place): string {
  const all = environmentOf(place, '');
  const names = ['K_SINK', 'EVENT_KEY', 'MINIO_ACCESS_KEY', 'MINIO_SECRET_KEY', 'TRANSFORMS_DIR', 'JOBS_DIR'];
  return names.map((name) => `${name}=${JSON.stringify(all[name])}\n`).join('');
}

/** Whether a `dev` that runs has that folder: a file that one left which was killed names a broker that is gone. */
export async function isInUse(dataDir: string): Promise<boolean> {
  const text = await readFile(join(dataDir, settingsFile), 'utf8').catch(() => '');
  const { K_SINK } = parseEnv(text);
  return K_SINK !== undefined && URL.canParse(K_SINK) && !(await isFree(Number(new URL(K_SINK).port)));
}

export const newSecret = (bytes = 16): string => randomBytes(bytes).toString('hex');
