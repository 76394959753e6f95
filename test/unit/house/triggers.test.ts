import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { typePrefix } from '../../../lib/events/types.ts';
import { read } from './repository.ts';

type Filter = Record<string, unknown>;
interface Delivery {
  timeout: string;
  retry: number;
  backoffPolicy: string;
  backoffDelay: string;
  deadLetterSink?: { ref: { apiVersion: string; kind: string; name: string }; uri: string };
}
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
  spec: {
    broker: string;
    filters: Filter[];
    subscriber: { ref: { apiVersion: string; kind: string; name: string } };
    delivery: Delivery;
  };
}

const documents = (path: string) => parseAllDocuments(read(path)).map((document) => document.toJS() as Manifest);
const [broker] = documents('knative/base/broker.yaml');
const triggers = new Map(documents('knative/base/triggers.yaml').map((trigger) => [trigger.metadata.name, trigger]));
const manifest = (name: string) => triggers.get(name) as Manifest;

/** Seconds of an ISO 8601 duration. */
function seconds(duration: string): number {
  const [, minutes = '0', rest = '0'] = /^PT(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? expect.fail(duration);
  return Number(minutes) * 60 + Number(rest);
}

const compare: Record<string, (found: string, wanted: string) => boolean> = {
  exact: (found, wanted) => found === wanted,
  prefix: (found, wanted) => found.startsWith(wanted),
  suffix: (found, wanted) => found.endsWith(wanted),
};

/** What Knative's webhook refuses, and what it takes but one of its servers fails at. */
function faultsOf(filter: Filter): string[] {
  const [dialect = '', ...others] = Object.keys(filter);
  if (others.length > 0) return ['two dialects in one element'];
  const inside = filter[dialect];
  if (dialect === 'any' || dialect === 'all') return (inside as Filter[]).flatMap(faultsOf);
  if (dialect === 'not') return faultsOf(inside as Filter);
  if (!(dialect in compare)) return [`the dialect ${dialect}, which the local broker does not speak`];
  return Object.entries(inside as Record<string, unknown>).flatMap(([name, value]) => [
    ...(/^[a-z0-9]+$/.test(name) ? [] : [`the attribute name ${name}`]),
    ...(typeof value === 'string' && value !== '' ? [] : [`an empty value of ${name}`]),
  ]);
}

function matchesOne(filter: Filter, event: Record<string, string>): boolean {
  const [[dialect, inside] = ['', undefined]] = Object.entries(filter);
  if (dialect === 'not') return !matchesOne(inside as Filter, event);
  if (dialect === 'any') return (inside as Filter[]).some((one) => matchesOne(one, event));
  if (dialect === 'all') return matches(inside as Filter[], event);
  return Object.entries(inside as Record<string, string>).every(([name, wanted]) => {
    const found = event[name];
    return found !== undefined && compare[dialect]?.(found, wanted) === true;
  });
}

/** As Knative reads filters: all elements must match, and an attribute that is absent matches nothing. */
function matches(filters: Filter[], event: Record<string, string>): boolean {
  return filters.every((filter) => matchesOne(filter, event));
}

describe('the Triggers', () => {
  it('are four, of the one Broker', () => {
    expect([...triggers.keys()]).toEqual(['dispatcher', 'transcode', 'transcode-job', 'recorder']);
    for (const { kind, metadata, spec } of triggers.values()) {
      expect([kind, metadata.namespace, spec.broker]).toEqual(['Trigger', broker?.metadata.namespace, broker?.metadata.name]);
    }
  });

  it('hold no filter that Knative refuses or stumbles over', () => {
    expect(faultsOf({ not: { prefix: { runner: '' } } })).toEqual(['an empty value of runner']);
    expect(faultsOf({ exact: { type: 'a' }, suffix: { type: 'b' } })).toEqual(['two dialects in one element']);
    expect(faultsOf({ any: [{ exact: { 'data-kind': 'a' } }] })).toEqual(['the attribute name data-kind']);
    for (const { spec } of triggers.values()) {
      expect(spec.filters.length).toBeGreaterThan(0);
      expect(spec.filters.flatMap(faultsOf)).toEqual([]);
    }
  });

  const requested = { type: `${typePrefix}requested` };
  const ways: Array<[name: string, event: Record<string, string>, wanted: string[]]> = [
    ['an upload', { type: 'com.amazonaws.s3.ObjectCreated:Put' }, ['dispatcher']],
    ['an upload in parts', { type: 'com.amazonaws.s3.ObjectCreated:CompleteMultipartUpload' }, ['dispatcher']],
    ['a removal', { type: 'com.amazonaws.s3.ObjectRemoved:Delete' }, []],
    ['a request', { ...requested, runner: 'default', execution: 'service' }, ['transcode', 'recorder']],
    ['a request for a Job', { ...requested, runner: 'default', execution: 'job' }, ['transcode-job', 'recorder']],
    ['a request for another runner', { ...requested, runner: 'gpu-1a2b', execution: 'service' }, ['recorder']],
    ['a request for a Job of another runner', { ...requested, runner: 'gpu-1a2b', execution: 'job' }, ['recorder']],
    ['a request for no runner', requested, ['recorder']],
    ...['started', 'progress', 'retrying', 'succeeded', 'failed', 'skipped'].map(
      (kind): [string, Record<string, string>, string[]] => [kind, { type: typePrefix + kind }, ['recorder']],
    ),
    ["an event of someone else's", { type: 'dev.knative.sources.ping' }, []],
  ];
  it.each(ways)('send %s where it belongs', (_name, event, wanted) => {
    const takers = [...triggers.values()].filter(({ spec }) => matches(spec.filters, event));
    expect(takers.map(({ spec }) => spec.subscriber.ref.name)).toEqual(wanted);
  });

  it('reach Knative Services, and the JobSink that there is', () => {
    const { apiVersion, kind, metadata } = documents('knative/base/functions/transcode-job.yaml')[0] as Manifest;
    for (const [name, { spec }] of triggers) {
      expect(spec.subscriber.ref).toEqual(
        name === 'transcode-job'
          ? { apiVersion, kind, name: metadata.name }
          : { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name },
      );
    }
  });

  it('send work again 5 times, from 30 s on, and wait for an answer longer than Serving does', () => {
    const { delivery } = manifest('transcode').spec;
    expect(delivery).toMatchObject({ retry: 5, backoffPolicy: 'exponential', backoffDelay: 'PT30S' });
    expect(seconds(delivery.timeout)).toBeGreaterThan(600);
  });

  it('never use the linear policy, which tries again at once', () => {
    for (const { spec } of triggers.values()) expect(spec.delivery.backoffPolicy).toBe('exponential');
  });

  it('send what cannot be delivered to a path of its own at the recorder, but not from the recorder itself', () => {
    for (const name of ['dispatcher', 'transcode', 'transcode-job']) {
      expect(manifest(name).spec.delivery.deadLetterSink).toEqual({
        ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'recorder' },
        uri: '/dead',
      });
    }
    expect(manifest('recorder').spec.delivery.deadLetterSink).toBeUndefined();
  });
});
