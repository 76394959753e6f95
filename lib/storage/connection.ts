/** One storage server with one set of credentials: how calls reach it, are bounded, tried again, and fail. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Client, ClientOptions } from 'minio';
import type { Endpoint } from '../events/types.ts';
import { type Bounds, boundedTransport, type Exchange } from './exchange.ts';
import { isPassing, storageFault } from './faults.ts';
import { retry, throwIfAborted } from './retry.ts';
import { defaultSettings, type StorageSettings } from './settings.ts';

export interface Credentials {
  accessKey: string;
  secretKey: string;
  sessionToken?: string;
}

export interface Call {
  bucket: string;
  key?: string;
  signal?: AbortSignal;
  /** A call that must not happen twice is tried again only where the server cannot have seen it, or has refused it. */
  once?: boolean;
  /** See Bounds. */
  onWritten?: Bounds['onWritten'];
  /** In place of the setting; ms. */
  idleTimeout?: number;
  /** In place of the setting. */
  attempts?: number;
}

export interface Connection {
  readonly endpoint: Endpoint;
  readonly settings: Readonly<StorageSettings>;
  /** Runs `work` with a client that is bound to this call; rejects with a Fault. */
  call<T>(call: Call, work: (client: Client, exchange: Exchange) => Promise<T>): Promise<T>;
  /** The trusted certificates as PEM, where the endpoint names its own. */
  readonly ca?: string;
  close(): void;
}

const freeSocketTimeout = 30_000; // ms that an idle connection is kept
const maxFreeSockets = 8;

export function connect(endpoint: Endpoint, credentials: Credentials, settings: Partial<StorageSettings> = {}): Connection {
  const all: StorageSettings = { ...defaultSettings, ...settings };
  const ca = endpoint.ca === undefined ? undefined : Buffer.from(endpoint.ca, 'base64').toString('utf8');
  const agentOptions = { keepAlive: true, maxFreeSockets, timeout: freeSocketTimeout };
  const agent = endpoint.tls
    ? new https.Agent({ ...agentOptions, ca, rejectUnauthorized: !endpoint.skipVerify })
    : new http.Agent(agentOptions);
  const request = endpoint.tls ? (https.request as typeof http.request) : http.request;
  const options: ClientOptions = {
    ...hostAndPort(endpoint.address),
    accessKey: credentials.accessKey,
    secretKey: credentials.secretKey,
    sessionToken: credentials.sessionToken,
    useSSL: endpoint.tls,
    region: endpoint.region, // else each first call asks for the bucket's region
    pathStyle: true,
    transportAgent: agent,
    retryOptions: { disableRetry: true, maximumRetryCount: 0 }, // ours tells apart what may be repeated, and keeps quiet
  };

  return {
    endpoint,
    settings: all,
    ca,
    async call(call, work) {
      const place = { address: endpoint.address, bucket: call.bucket, key: call.key };
      const { Client } = await loadClient();
      let exchange: Exchange = {};
      const attempt = async () => {
        exchange = {};
        try {
          const bounds = {
            ...all,
            idleTimeout: call.idleTimeout ?? all.idleTimeout,
            signal: call.signal,
            onWritten: call.onWritten,
          };
          const transport = boundedTransport(request, bounds, exchange);
          return await work(new Client({ ...options, transport }), exchange);
        } catch (error) {
          throwIfAborted(call.signal);
          throw storageFault(error, place, exchange);
        }
      };
      const again = (error: unknown) => isPassing(error) && (!call.once || !exchange.reached || exchange.status !== undefined);
      return retry({ ...all, attempts: call.attempts ?? all.attempts }, again, attempt, call.signal);
    },
    close: () => agent.destroy(),
  };
}

/** Takes a tenth of a second, so it waits for the first call; who has nothing to do at the moment may call it before. */
export const loadClient = () => import('minio');

function hostAndPort(address: string): { endPoint: string; port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address);
  const endPoint = match?.[1] ?? match?.[2];
  if (!endPoint) return { endPoint: address };
  return match?.[3] === undefined ? { endPoint } : { endPoint, port: Number(match[3]) };
}
