/** Whether a MinIO server that was just started is ours and answers, API and console. */
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../lib/storage/index.ts';

export interface Started {
  port: number;
  consolePort: number;
  tls: boolean;
  region: string;
  accessKey: string;
  secretKey: string;
}

const pollInterval = 50; // ms
const probeTimeout = 2_000; // ms without an answer, as from something else on that port

/**
 * Resolves when both answer; rejects with the reason of the signal. Where only the port of the console is taken, MinIO
 * begins to serve, and then ends: the API alone proves nothing.
 */
export async function answering({ port, consolePort, tls, region, ...credentials }: Started, signal: AbortSignal): Promise<void> {
  // is it there at all? whether its certificate will do is for others to see
  const endpoint = { address: `127.0.0.1:${port}`, tls, skipVerify: true, region, credentialsSecret: '' };
  const connection = connect(endpoint, credentials, { attempts: 1, idleTimeout: probeTimeout });
  try {
    for (;;) {
      try {
        // an answer to our own credentials: another server on that port would refuse them
        await connection.call({ bucket: '', signal }, (client) => client.listBuckets());
        if (await isConsole(consolePort, tls, signal)) return;
      } catch {
        signal.throwIfAborted(); // else not yet
      }
      await sleep(pollInterval);
    }
  } finally {
    connection.close();
  }
}

function isConsole(port: number, tls: boolean, signal: AbortSignal): Promise<boolean> {
  const options = {
    host: '127.0.0.1',
    port,
    method: 'HEAD',
    rejectUnauthorized: false,
    agent: false,
    timeout: probeTimeout,
    signal,
  };
  return new Promise((resolve, reject) => {
    const probe = (tls ? https : http).request(options, ({ headers }) => resolve(/minio/i.test(String(headers.server))));
    probe.once('timeout', () => probe.destroy());
    probe.once('error', reject);
    probe.end();
  });
}
