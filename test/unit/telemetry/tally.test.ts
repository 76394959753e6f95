import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/recorder/handler.ts';
import type { JobRecord } from '../../../lib/jobs/index.ts';
import type { EventContext } from '../../../lib/runtime/index.ts';
import { keptLog } from '../../support/functions.ts';
import { requestedEvent } from '../../support/requests.ts';
import { posted, request, runAt } from '../../support/results.ts';

const run = runAt(0);
const transform = { 'gst.transform': 'default/test' };

let exporter: InMemoryMetricExporter;
let meters: MeterProvider;
let handle: (event: CloudEvent<unknown>, path?: string) => Promise<void>;
beforeEach(() => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  metrics.setGlobalMeterProvider(meters);
  let record: JobRecord | undefined;
  const jobs = {
    create: async () => false,
    async update(_namespace: string, _name: string, change: (job: JobRecord | undefined) => JobRecord | undefined) {
      const before = record;
      record = change(before);
      return { before, after: record };
    },
  };
  const handler = createHandler({ jobs, now: () => new Date() });
  handle = async (event, path = '/') => handler(event, { path, log: keptLog().log } as EventContext);
});
afterEach(async () => {
  await meters.shutdown();
  metrics.disable();
});

/** Sums, and how often a histogram was told something; each with the attributes that it has. */
async function counted(name: string): Promise<Array<[number, object]>> {
  await meters.forceFlush();
  const found = exporter
    .getMetrics()
    .at(-1)
    ?.scopeMetrics.flatMap((scope) => scope.metrics)
    .find(({ descriptor }) => descriptor.name === name);
  return (found?.dataPoints ?? []).map(({ value, attributes }) => [
    typeof value === 'number' ? value : (value as { count: number }).count,
    attributes,
  ]);
}

describe('the recorder counts', () => {
  it('a result once, however often it comes, with times and bytes', async () => {
    const done = posted('succeeded', { run, seq: 5 });
    for (const event of [posted('started', { run, seq: 0 }), done, done, posted('progress', { run, seq: 1 })])
      await handle(event);
    expect(await counted('gst.jobs')).toEqual([[1, { ...transform, 'gst.outcome': 'succeeded' }]]);
    expect(await counted('gst.stage.duration')).toHaveLength(4);
    expect(await counted('gst.input.size')).toEqual([[9, transform]]);
    expect(await counted('gst.output.size')).toEqual([[7, transform]]);
    expect(await counted('gst.realtime_factor')).toEqual([[1, transform]]);
  });

  it('outputs that were there already apart, without times or bytes', async () => {
    await handle(posted('succeeded', { run, seq: 0, data: { reused: true } }));
    expect(await counted('gst.jobs')).toEqual([[1, { ...transform, 'gst.outcome': 'reused' }]]);
    for (const name of ['gst.stage.duration', 'gst.input.size', 'gst.output.size']) expect(await counted(name)).toEqual([]);
  });

  it('the wait for the first run, and not for those after it', async () => {
    await handle(posted('started', { run, seq: 0 }));
    await handle(posted('retrying', { run, seq: 1 }));
    await handle(posted('started', { run: runAt(1), seq: 0 }));
    expect(await counted('gst.queue.duration')).toEqual([[1, transform]]);
    expect(await counted('gst.retries')).toEqual([[1, { ...transform, 'error.type': 'STORAGE_UNREACHED' }]]);
  });

  it('what came to nothing, with the reason', async () => {
    await handle(posted('failed', { run, seq: 1 }));
    await handle(posted('skipped', { run: runAt(1), seq: 0 }));
    expect(await counted('gst.jobs')).toEqual([
      [1, { ...transform, 'gst.outcome': 'failed', 'error.type': 'MEDIA_CORRUPT' }],
      [1, { ...transform, 'gst.outcome': 'skipped', 'error.type': 'superseded' }],
    ]);
  });

  it('dead letters by what they were and how they were answered', async () => {
    await handle(requestedEvent(request).cloneWith({ knativeerrorcode: 503 }) as CloudEvent<unknown>, '/dead');
    await handle(posted('failed', { run, seq: 1 }), '/dead');
    expect(await counted('gst.dead_letters')).toEqual([
      [1, { 'gst.event': 'requested', 'http.response.status_code': 503 }],
      [1, { 'gst.event': 'result' }],
    ]);
  });
});
