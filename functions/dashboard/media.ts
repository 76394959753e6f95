/** What a job read and wrote, to be seen and played: addresses that give access for a short while, made when asked for. */
import type { Endpoint } from '../../lib/events/types.ts';
import { settingsFault } from '../../lib/runtime/index.ts';
import type { MinioStore } from '../../lib/storage/index.ts';
import { debugFolder, guessContentType, type ResolvedTransform } from '../../lib/transform/index.ts';
import type { JobObject } from './feed.ts';

export interface MediaLink {
  /** Name of the sink; `source` and `log` for these. */
  name: string;
  key: string;
  contentType: string;
  size?: number;
  /** A secret: it grants access. */
  url: string;
}

export interface MediaLinks {
  source?: MediaLink;
  outputs: MediaLink[];
  log?: MediaLink;
  /** Seconds that the addresses hold. */
  seconds: number;
}

/** Long enough to watch a clip, short enough to be worthless in tomorrow's history; in seconds. */
const accessSeconds = 900;

export type StoreOf = (endpoint: Endpoint, namespace: string) => Promise<MinioStore>;

/** The endpoint under which a browser reaches the server. */
export type PublicEndpoint = (endpoint: Endpoint) => Endpoint;

/** Every `url` makes no request: it is only signed. */
export async function mediaLinks(
  job: JobObject,
  transform: ResolvedTransform,
  store: StoreOf,
  publicEndpoint: PublicEndpoint,
): Promise<MediaLinks> {
  const { namespace } = transform.ref;
  const link = async (
    name: string,
    endpoint: Endpoint,
    bucket: string,
    key: string,
    facts: { etag?: string; size?: number; contentType?: string },
  ) => {
    const reader = await store(publicEndpoint(endpoint), namespace);
    const access = await reader.readAccess(bucket, key, { etag: facts.etag ?? '', seconds: accessSeconds });
    if (access.kind !== 'http') throw new TypeError('only a server gives out addresses');
    return { name, key, contentType: facts.contentType ?? guessContentType(key), size: facts.size, url: access.url };
  };
  const { src, sinks } = job.spec;
  const finished = job.status?.state === 'Finished' ? sinks : [];
  const outputs = finished.flatMap((sink) => {
    const name = sink.streamType === 'all' ? 'out' : sink.streamType;
    const known = transform.sinks.find((one) => one.name === name);
    return known ? [link(known.name, known.endpoint, sink.config?.minio?.bucket ?? known.bucket, sink.name, sink)] : [];
  });
  const { endpoint, bucket } = transform.source;
  return {
    source: await link('source', endpoint, src.config?.minio?.bucket ?? bucket, src.name, src),
    outputs: await Promise.all(outputs),
    log: await logLink(),
    seconds: accessSeconds,
  };

  async function logLink(): Promise<MediaLink | undefined> {
    const { debug } = transform.pipeline;
    if (debug?.logLevel === undefined) return undefined;
    const key = `${debugFolder(debug.dot?.path, src.name)}gstreamer.log`;
    const stat = await (await store(endpoint, namespace)).stat(bucket, key);
    if (stat?.metadata['gst-job'] !== job.metadata.name) return undefined;
    return link('log', endpoint, bucket, key, { etag: stat.etag, size: stat.size, contentType: 'text/plain' });
  }
}

/**
 * Reads `host:port=https://media.example.org` entries.
 *
 * @throws Fault SETTINGS_INVALID
 */
export function publicEndpoints(entries: readonly string[]): PublicEndpoint {
  const known = new Map<string, Pick<Endpoint, 'address' | 'tls'>>();
  const faults: string[] = [];
  for (const entry of entries) {
    const at = entry.indexOf('=');
    const url = URL.parse(entry.slice(at + 1));
    if (at < 1 || url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/') {
      faults.push(`PUBLIC_ENDPOINTS must hold host:port=https://host[:port] (found ${JSON.stringify(entry.slice(0, 80))})`);
    } else {
      known.set(entry.slice(0, at), { address: url.host, tls: url.protocol === 'https:' });
    }
  }
  if (faults.length > 0) throw settingsFault(faults);
  return (endpoint) => ({ ...endpoint, ...known.get(endpoint.address) });
}

/** Origins that the page may show media of: those of every Transform's storage, as browsers reach them. */
export function mediaOrigins(transforms: ResolvedTransform[], publicEndpoint: PublicEndpoint): string[] {
  const endpoints = transforms.flatMap(({ source, sinks }) => [source.endpoint, ...sinks.map(({ endpoint }) => endpoint)]);
  const origins = endpoints.map(publicEndpoint).map(({ address, tls }) => `${tls ? 'https' : 'http'}://${address}`);
  // an address is the user's text, and this goes into a header
  return [...new Set(origins)].filter((origin) => /^https?:\/\/(\[[\da-f:]+\]|[\w.-]+)(:\d+)?$/i.test(origin)).sort();
}
