/** Signed requests, as the dispatcher makes them, for any elements and sinks. */
import { createHash } from 'node:crypto';
import { CloudEvent } from 'cloudevents';
import { sign } from '../../lib/events/index.ts';
import type { Endpoint, Limits, Requested, SinkObject } from '../../lib/events/types.ts';
import type { Element } from '../../lib/graph/model.ts';

export const eventKey = 'a key for tests';

export interface RequestFields {
  endpoint: Endpoint;
  source: { bucket: string; key: string; etag: string; size?: number; versionId?: string };
  /** `bucket/key` of each output by its name, or the whole of the sink. */
  sinks: Record<string, string | Partial<SinkObject>>;
  elements: Element[];
  transform?: string;
  chain?: string[];
  limits?: Partial<Limits>;
  onMissingStream?: 'skip' | 'fail';
  debug?: Requested['pipeline']['debug'];
}

const defaultLimits: Limits = { timeout: 120, stall: 60, inputBytes: 2 ** 34, outputBytes: 2 ** 34 };

export function requestedData({ endpoint, source, sinks, elements, transform = 'test', ...rest }: RequestFields): Requested {
  const work = JSON.stringify([endpoint.address, source.bucket, source.key, source.etag, sinks, elements]);
  const hash = createHash('sha256').update(work).digest('hex').slice(0, 26);
  return {
    job: `${transform}-${hash}`,
    transform: { kind: 'Transform', namespace: 'default', name: transform },
    chain: rest.chain ?? [],
    source: { endpoint, size: 0, eventTime: '2026-01-02T03:04:05.000Z', ...source },
    sinks: Object.entries(sinks).map(([name, place]) => ({
      name,
      endpoint,
      overwrite: false,
      ...(typeof place === 'string'
        ? { bucket: place.slice(0, place.indexOf('/')), key: place.slice(place.indexOf('/') + 1) }
        : (place as SinkObject)),
    })),
    pipeline: {
      elements,
      onMissingStream: rest.onMissingStream ?? 'skip',
      limits: { ...defaultLimits, ...rest.limits },
      ...(rest.debug && { debug: rest.debug }),
    },
  };
}

export function requestedEvent(data: Requested, { key = eventKey, id = data.job }: { key?: string; id?: string } = {}) {
  const plain = JSON.parse(JSON.stringify(data)) as Requested;
  return new CloudEvent<Requested>({
    id,
    type: 'io.gst.pipelines.transform.requested',
    source: `/transforms/${data.transform.namespace}/${data.transform.name}`,
    subject: data.job,
    datacontenttype: 'application/json',
    data: plain,
    runner: 'default',
    execution: 'service',
    signature: sign(plain, key),
    correlationid: 'first-cause',
    causationid: 'cause',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
}

/** An event in the form in which the Broker posts it. */
export function post(event: CloudEvent<unknown>, url = 'http://function/'): Request {
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
}
