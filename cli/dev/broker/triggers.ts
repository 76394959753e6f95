/** Triggers as the manifests have them. */
import { parseAllDocuments } from 'yaml';
import { Fault } from '../../../lib/errors.ts';
import type { Backoff } from './backoff.ts';
import { compileFilters, type EventFilter } from './filters.ts';
import { parseIsoDuration } from './iso-duration.ts';

/** Name of a Service, and the path under which it gets the event. */
export interface Destination {
  service: string;
  path: string;
}

export interface Delivery {
  /** Times that the delivery is tried again. */
  retry: number;
  backoff: Backoff;
  /** For one try; ms. */
  timeout: number;
  deadLetters?: Destination;
}

export interface Trigger {
  name: string;
  matches: EventFilter;
  subscriber: Destination;
  delivery: Delivery;
}

/** Of a Trigger that says nothing: Knative's own, but for the timeout, of which it has none. */
const defaults = { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S', timeout: 'PT600S' };

interface Manifest {
  kind?: string;
  metadata?: { name?: string };
  spec?: {
    filters?: unknown;
    filter?: unknown;
    subscriber?: Target;
    delivery?: Partial<typeof defaults> & { deadLetterSink?: Target };
  };
}
interface Target {
  ref?: { kind?: string; name?: string };
  uri?: string;
}

/**
 * The Triggers among the documents of `text`.
 *
 * @throws Fault TRIGGER_INVALID for what the local broker cannot follow
 */
export function readTriggers(text: string): Trigger[] {
  const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest | null);
  return manifests.filter((manifest) => manifest?.kind === 'Trigger').map((manifest) => readTrigger(manifest as Manifest));
}

function readTrigger({ metadata, spec = {} }: Manifest): Trigger {
  const name = metadata?.name ?? '';
  try {
    const { deadLetterSink, ...given } = spec.delivery ?? {};
    const { retry, backoffPolicy, backoffDelay, timeout } = { ...defaults, ...given };
    if (!Number.isInteger(retry) || retry < 0) throw new Error(`retry ${retry}, which is no count`);
    if (backoffPolicy !== 'exponential' && backoffPolicy !== 'linear') throw new Error(`the backoffPolicy ${backoffPolicy}`);
    return {
      name,
      matches: compileFilters(spec),
      subscriber: destination('subscriber', spec.subscriber),
      delivery: {
        retry,
        backoff: { policy: backoffPolicy, delay: duration('backoffDelay', backoffDelay) },
        timeout: duration('timeout', timeout),
        deadLetters: deadLetterSink && destination('deadLetterSink', deadLetterSink),
      },
    };
  } catch (error) {
    throw new Fault('TRIGGER_INVALID', { trigger: name, cause: (error as Error).message }, { cause: error });
  }
}

/** A `uri` beside a `ref` is the path at it. A JobSink, which runs each event as a process of its own, would be told apart here. */
function destination(what: string, { ref, uri = '/' }: Target = {}): Destination {
  if (ref?.kind !== 'Service' || !ref.name) throw new Error(`${what} is no reference to a Service`);
  if (!uri.startsWith('/')) throw new Error(`the uri ${uri} of ${what}, which is no path`);
  return { service: ref.name, path: uri };
}

function duration(what: string, text: string): number {
  const value = parseIsoDuration(text);
  if (value === undefined) throw new Error(`${what} ${text}, which is no duration such as PT30S`);
  return value;
}
