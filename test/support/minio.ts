/** A MinIO server of one's own for a test, with its data in a temporary folder. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'minio';
import { launchMinio, type MinioOptions, type MinioProcess } from '../../cli/dev/minio.ts';
import type { Endpoint } from '../../lib/events/types.ts';
import { until } from './until.ts';

export interface MinioServer {
  /** `host:port`; it stays the same over `restart`. */
  readonly endpoint: string;
  readonly consolePort: number;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  /** Of the webhook target. */
  readonly arn: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly logFile: string;
  /** For arranging and looking; the code under test makes its own. */
  readonly client: Client;
  /** As events name this server. */
  readonly address: Endpoint;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
  /** Ends the server as a crash would; the data stays for `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Resolves when the server is there and does not answer, until `resume`. */
  pause(): Promise<void>;
  resume(): void;
}

export interface TestMinioOptions {
  /** The queue folder is made inside the temporary one where none is given. */
  webhook?: MinioOptions['webhook'];
  region?: string;
  buckets?: string[];
  certsDir?: string;
  /** Further settings of the server. */
  env?: Record<string, string>;
}

const defaultRegion = 'us-east-1';

export async function startMinio({ webhook, region, buckets = [], certsDir, env }: TestMinioOptions = {}): Promise<MinioServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-minio-'));
  const accessKey = `test${randomBytes(6).toString('hex')}`;
  const secretKey = randomBytes(16).toString('hex');
  const options: MinioOptions = {
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'minio.log'),
    accessKey,
    secretKey,
    region,
    certsDir,
    env,
    webhook: webhook && { queueDir: join(folder, 'queue'), ...webhook },
  };
  await mkdir(options.dataDir);
  let server: MinioProcess;
  try {
    server = await launchMinio(options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const { endpoint, port, consolePort } = server;
  const client = new Client({
    endPoint: '127.0.0.1',
    port,
    useSSL: certsDir !== undefined,
    accessKey,
    secretKey,
    region: region ?? defaultRegion,
  });
  if (certsDir) client.setRequestOptions({ rejectUnauthorized: false });
  for (const bucket of buckets) await client.makeBucket(bucket);
  return {
    endpoint,
    consolePort,
    accessKey,
    secretKey,
    region: region ?? defaultRegion,
    arn: server.arn,
    get pid() {
      return server.pid;
    },
    dataDir: options.dataDir,
    logFile: options.logFile,
    client,
    address: { address: endpoint, tls: certsDir !== undefined, region: region ?? defaultRegion, credentialsSecret: 'minio' },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => server.kill(),
    async restart() {
      await server.stop();
      server = await launchMinio({ ...options, port, consolePort });
    },
    async pause() {
      process.kill(server.pid, 'SIGSTOP');
      await until(() => isStopped(server.pid));
    },
    resume: () => void process.kill(server.pid, 'SIGCONT'),
  };
}

/** The kernel stops one thread after the other; until the last the server may still answer. */
async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  return states.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'));
}
