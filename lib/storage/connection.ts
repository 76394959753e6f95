/** One storage server with one set of credentials: how calls reach it, are bounded, tried again, and fail. */
import * as http from 'node:http';
import type { Client, ClientOptions } from 'minio';
import type { Endpoint } from '../events/types.ts';
import { type Bounds, boundedTransport, type Exchange } from './exchange.ts';
import { isPassing, isPassingStatus, storageFault } from './faults.ts';
import { retry, throwIfAborted } from './retry.ts';
import { defaultSettings, type StorageSettings } from './settings.ts';
import { presignedPath, signedRequest } from './signature.ts';

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

type Query = Record<string, string>;

export interface Connection {
  readonly endpoint: Endpoint;
  readonly settings: Readonly<StorageSettings>;
  /** Runs `work` with a client that is bound to this call; rejects with a Fault. */
  call<T>(call: Call, work: (client: Client, exchange: Exchange) => Promise<T>): Promise<T>;
  /** The answer to HEAD where that tells all: 200, 404 or 405; undefined where it needs the client. Rejects with a Fault. */
  head(call: Call & { key: string }, query: Query): Promise<{ status: number; headers: http.IncomingHttpHeaders } | undefined>;
  /** Address that grants the reading of an object, for some seconds; undefined where it needs the client. */
  readAddress(bucket: string, key: string, query: Query, seconds: number): string | undefined;
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
  // brings TLS, for which nobody should wait where there is none
  const https = endpoint.tls ? process.getBuiltinModule('node:https') : undefined;
  const agent = https
    ? new https.Agent({ ...agentOptions, ca, rejectUnauthorized: !endpoint.skipVerify })
    : new http.Agent(agentOptions);
  const request = https ? (https.request as typeof http.request) : http.request;
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

  /** `work` by a transport that is bound to this call, as often as may be. */
  const attempts = <T>(
    call: Call,
    work: (transport: ReturnType<typeof boundedTransport>, exchange: Exchange) => Promise<T>,
  ): Promise<T> => {
    const place = { address: endpoint.address, bucket: call.bucket, key: call.key };
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
        return await work(boundedTransport(request, bounds, exchange), exchange);
      } catch (error) {
        throwIfAborted(call.signal);
        throw storageFault(error, place, exchange);
      }
    };
    const again = (error: unknown) => isPassing(error) && (!call.once || !exchange.reached || exchange.status !== undefined);
    return retry({ ...all, attempts: call.attempts ?? all.attempts }, again, attempt, call.signal);
  };
  const signer = { ...credentials, region: endpoint.region };
  const host = authorityOf(options);
  // the host of Amazon's servers is another for each region, which the client knows
  const known = !amazon.test(endpoint.address);

  return {
    endpoint,
    settings: all,
    ca,
    async call(call, work) {
      const { Client } = await loadClient();
      return attempts(call, (transport, exchange) => work(new Client({ ...options, transport }), exchange));
    },
    async head(call, query) {
      if (!known || !plainBucket.test(call.bucket)) return undefined;
      return attempts(call, async ({ request }) => {
        const signed = signedRequest({ method: 'HEAD', host, bucket: call.bucket, key: call.key, query }, signer);
        const { endPoint, port } = options;
        const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
          request({ agent, method: 'HEAD', host: endPoint, port, ...signed }, resolve)
            .on('error', reject)
            .end();
        });
        response.resume(); // there is nothing to read, but the connection is free only when that has been seen
        const { statusCode: status = 0, headers } = response;
        if (isPassingStatus(status)) throw new Error(response.statusMessage);
        return [200, 404, 405].includes(status) ? { status, headers } : undefined;
      });
    },
    readAddress(bucket, key, query, seconds) {
      if (!known) return undefined;
      const path = presignedPath({ method: 'GET', host, bucket, key, query }, signer, seconds);
      return `${endpoint.tls ? 'https' : 'http'}://${host}${path}`;
    },
    close: () => agent.destroy(),
  };
}

/** Takes longer than a small object to be read, so it waits for the first call that needs it. */
const loadClient = () => import('minio');

function hostAndPort(address: string): { endPoint: string; port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(address);
  const endPoint = match?.[1] ?? match?.[2];
  if (!endPoint) return { endPoint: address };
  return match?.[3] === undefined ? { endPoint } : { endPoint, port: Number(match[3]) };
}

/** What can stand in a path as it is; no bucket has a name with anything else. */
const plainBucket = /^[\w.-]+$/;
/** As `isAmazonEndpoint` of the minio package has it. */
const amazon = /^s3\.(cn-north-1\.)?amazonaws\.com/;

/** What the Host header says: the port only where it is not that of the protocol. */
function authorityOf({ endPoint, port, useSSL }: Pick<ClientOptions, 'endPoint' | 'port' | 'useSSL'>): string {
  const name = endPoint.includes(':') ? `[${endPoint}]` : endPoint;
  return port === undefined || port === (useSSL ? 443 : 80) ? name : `${name}:${port}`;
}
