/** Triggers as the manifests have them. */
import { parseAllDocuments } from 'yaml';
import { Fault } from '../../../lib/errors.ts';
import type { Backoff } from './backoff.ts';
import { compileFilters, type EventFilter } from './filters.ts';
import { parseIsoDuration } from './iso-duration.ts';

/** Name of a Service or a JobSink, and the path under which it gets the event. */
export interface Destination {
  name: string;
  path: string;
  /** Each event is a process of its own, which handles that one and ends. */
  once: boolean;
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
    job?: { spec?: { backoffLimit?: number; activeDeadlineSeconds?: number } };
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

/** Of a Kubernetes Job that says nothing. */
const jobDefaults = { backoffLimit: 6, activeDeadlineSeconds: 86_400 };
/** Kubernetes waits so long before it runs a Job that failed once more, and twice as long each time; ms. */
const jobBackoff = 10_000;

/**
 * The Triggers among the documents of `text`, which holds the JobSinks too that they send to.
 *
 * @throws Fault TRIGGER_INVALID for what the local broker cannot follow
 */
export function readTriggers(text: string): Trigger[] {
  const manifests = parseAllDocuments(text).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
  const jobSinks = manifests.filter(({ kind }) => kind === 'JobSink');
  return manifests.filter(({ kind }) => kind === 'Trigger').map((manifest) => readTrigger(manifest, jobSinks));
}

function readTrigger({ metadata, spec = {} }: Manifest, jobSinks: Manifest[]): Trigger {
  const name = metadata?.name ?? '';
  try {
    const { deadLetterSink, ...given } = spec.delivery ?? {};
    const { retry, backoffPolicy, backoffDelay, timeout } = { ...defaults, ...given };
    if (!Number.isInteger(retry) || retry < 0) throw new Error(`retry ${retry}, which is no count`);
    if (backoffPolicy !== 'exponential' && backoffPolicy !== 'linear') throw new Error(`the backoffPolicy ${backoffPolicy}`);
    const subscriber = destination('subscriber', spec.subscriber);
    const delivery = {
      retry,
      backoff: { policy: backoffPolicy, delay: duration('backoffDelay', backoffDelay) } as const,
      timeout: duration('timeout', timeout),
      deadLetters: deadLetterSink && destination('deadLetterSink', deadLetterSink),
    };
    const ways = { name, matches: compileFilters(spec), subscriber };
    return { ...ways, delivery: subscriber.once ? { ...delivery, ...jobDelivery(subscriber, jobSinks) } : delivery };
  } catch (error) {
    throw new Fault('TRIGGER_INVALID', { trigger: name, cause: (error as Error).message }, { cause: error });
  }
}

/** A `uri` beside a `ref` is the path at it. */
function destination(what: string, { ref, uri = '/' }: Target = {}): Destination {
  if (!ref?.name || !['Service', 'JobSink'].includes(ref.kind ?? ''))
    throw new Error(`${what} is no reference to a Service or a JobSink`);
  if (!uri.startsWith('/')) throw new Error(`the uri ${uri} of ${what}, which is no path`);
  return { name: ref.name, path: uri, once: ref.kind === 'JobSink' };
}

/** A JobSink takes every event at once; it is the Job that is tried again, and that has its time. */
function jobDelivery({ name }: Destination, jobSinks: Manifest[]): Pick<Delivery, 'retry' | 'backoff' | 'timeout'> {
  const found = jobSinks.find(({ metadata }) => metadata?.name === name);
  if (!found) throw new Error(`the JobSink ${name}, which is not there`);
  const { backoffLimit, activeDeadlineSeconds } = { ...jobDefaults, ...found.spec?.job?.spec };
  return {
    retry: backoffLimit,
    backoff: { policy: 'exponential', delay: jobBackoff },
    timeout: activeDeadlineSeconds * 1000,
  };
}

function duration(what: string, text: string): number {
  const value = parseIsoDuration(text);
  if (value === undefined) throw new Error(`${what} ${text}, which is no duration such as PT30S`);
  return value;
}
