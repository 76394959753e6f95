import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPublisher } from '../../../lib/events/index.ts';
import { typePrefix } from '../../../lib/events/types.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { type InstrumentName, instrumentTable } from '../../../lib/telemetry/index.ts';
import { makeClip } from '../../support/clips.ts';
import { conventionalNames } from '../../support/conventions.ts';
import { type DevBench, jobTimeout, startDevBench } from '../../support/dev.ts';
import { type Collector, type ReceivedSpan, shortName, spanPaths, startCollector, type Values } from '../../support/otlp.ts';
import { processTree } from '../../support/process-tree.ts';
import { until } from '../../support/until.ts';

const picture = (...between: Element[]): Element[] => [
  { name: 'decodebin' },
  { name: 'videoconvert' },
  ...between,
  { name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } },
  { name: 'mp4mux' },
];
const sleepy = { name: 'identity', properties: { 'sleep-time': 300_000 } }; // µs a frame, of which there are 15: time to be killed in

let collector: Collector;
let bench: DevBench;
let clip: string;

beforeAll(async () => {
  collector = await startCollector();
  bench = await startDevBench(
    [
      { name: 'plain', bucket: 'media', prefix: 'in/', sink: { key: 'out/{{ .SrcKey }}.mp4' }, elements: picture() },
      { name: 'slow', bucket: 'media', prefix: 'slow/', sink: { key: 'slow-out/{{ .SrcKey }}.mp4' }, elements: picture(sleepy) },
    ],
    {
      workers: 1,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_METRIC_EXPORT_INTERVAL: '200',
      },
    },
  );
  clip = await makeClip(bench.folder, 'clip.mkv', { audio: false });
});
afterAll(async () => {
  await bench?.close();
  await collector?.close();
});

/** The trace in which the object was told of, once its job has ended and all of it is here. */
async function traceOf(key: string): Promise<ReceivedSpan[]> {
  await bench.end(key);
  await bench.quiet();
  const spans = () => {
    const first = collector.spans.find(({ name, attributes }) => name === 'tell object' && attributes['aws.s3.key'] === key);
    return collector.spans.filter(({ traceId }) => traceId === first?.traceId);
  };
  // each process sends its spans when they have ended, in no order among processes
  await until(() => isWhole(spans()));
  return spans();
}

/** All parents are here, and a span for each delivery that is about the job. */
function isWhole(spans: ReceivedSpan[]): boolean {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const job = jobOf(spans);
  const handled = spans.filter(
    ({ name, attributes }) => name.startsWith('process ') && attributes['cloudevents.event_subject'] === job,
  );
  const delivered = bench.deliveries.filter(({ event }) => event.subject === job);
  return (
    job !== undefined &&
    spans.every(({ parentSpanId }) => parentSpanId === undefined || ids.has(parentSpanId)) &&
    handled.length === delivered.length
  );
}

const jobOf = (spans: ReceivedSpan[]) => spans.find(({ name }) => name === 'run')?.attributes['gst.job'];

/** What the functions have logged. */
const logLines = () =>
  bench.lines
    .map((line) => line.slice(line.indexOf(' ') + 1))
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));

/** How often a run tells of its progress is chance. */
const pathsWithoutProgress = (spans: ReceivedSpan[]) => spanPaths(spans).filter((path) => !path.includes('progress'));

const wholeRun = ['prepare', 'child start', 'pipeline', 'pipeline > read', 'upload'];

/** All spans of an object that one Transform matches: `parts` of each run, what it `told`, and requests that were given up. */
function treeOf(runs: Array<{ parts: string[]; told: string[] }>, deadLetters = 0): string[] {
  const source = 'source: POST > tell object > publish ObjectCreated:Put';
  const dispatcher = `${source} > dispatcher: process ObjectCreated:Put`;
  const request = `${dispatcher} > publish requested`;
  const recorded = (path: string) => [path, `${path} > record`];
  const run = `${request} > transcode: process requested > run`;
  return [
    ...['source: POST', 'source: POST > tell object', source, dispatcher, `${dispatcher} > match`, request],
    ...Array(1 + deadLetters)
      .fill(recorded(`${request} > recorder: process requested`))
      .flat(),
    ...runs.flatMap(({ parts, told }) => [
      `${request} > transcode: process requested`,
      run,
      ...parts.map((part) => `${run} > ${part}`),
      ...told.flatMap((kind) => [
        `${run} > publish ${kind}`,
        ...recorded(`${run} > publish ${kind} > recorder: process ${kind}`),
      ]),
    ]),
  ].sort();
}

const named = (spans: ReceivedSpan[], name: string) => spans.filter((span) => shortName(span.name) === name);
const value = (metric: InstrumentName, attributes: Values) =>
  collector
    .points(metric)
    .filter((point) => Object.entries(attributes).every(([name, wanted]) => point.attributes[name] === wanted))
    .reduce((sum, point) => sum + (point.count ?? point.value), 0);

describe('the trace of an upload', () => {
  let spans: ReceivedSpan[];
  beforeAll(async () => {
    await bench.client.fPutObject('media', 'in/a.mkv', clip);
    spans = await traceOf('in/a.mkv');
  });

  it('is one over all functions, from the notification to the record', () => {
    expect(pathsWithoutProgress(spans)).toEqual(treeOf([{ parts: wholeRun, told: ['started', 'succeeded'] }]));
  });

  it('has no error in it, and each part lies within the time of the run', () => {
    expect(spans.filter(({ status }) => status.code === 2)).toEqual([]);
    const [run] = named(spans, 'run');
    for (const name of ['prepare', 'child start', 'pipeline', 'read', 'upload']) {
      const [part] = named(spans, name);
      expect([name, part && run && part.start >= run.start && part.end <= run.end]).toEqual([name, true]);
    }
  });

  it('names what it is about as the conventions have it', () => {
    const [internal, server, producer, consumer] = [1, 2, 4, 5];
    const job = jobOf(spans);
    const wanted: Array<[name: string, kind: number | undefined, attributes: Values]> = [
      ['POST', server, { 'http.request.method': 'POST', 'url.path': '/', 'http.response.status_code': 204 }],
      ['publish requested', producer, { 'messaging.operation.type': 'send', 'http.response.status_code': 202 }],
      [
        'process requested',
        consumer,
        {
          'messaging.operation.type': 'process',
          'messaging.message.id': String(job),
          'cloudevents.event_type': `${typePrefix}requested`,
          'cloudevents.event_source': '/transforms/default/plain',
          'cloudevents.event_subject': String(job),
        },
      ],
      ['read', internal, { 'aws.s3.bucket': 'media', 'aws.s3.key': 'in/a.mkv' }],
      ['upload', internal, { 'aws.s3.bucket': 'media', 'aws.s3.key': 'out/in/a.mkv.mp4' }],
    ];
    for (const [name, kind, attributes] of wanted) expect(named(spans, name)[0]).toMatchObject({ kind, attributes });
  });

  it('is that of the events, and of every line of the job in the logs', () => {
    const [traceId] = new Set(spans.map((span) => span.traceId));
    const job = jobOf(spans);
    const events = bench.events.filter(({ subject }) => subject === job);
    expect(new Set(events.map(({ traceparent }) => String(traceparent).split('-')[1]))).toEqual(new Set([traceId]));
    const lines = logLines().filter((line) => line.job === job);
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(['dispatcher', 'transcode', 'recorder']));
    const [run] = named(spans, 'run');
    for (const line of lines) {
      expect(line).toMatchObject({ job, transform: 'default/plain', traceId });
      if (line.name !== 'dispatcher' && line.kind !== 'requested') expect(line.run).toBe(run?.attributes['gst.run']);
    }
  });
});

describe('the trace of a file that is no media', () => {
  it('names the fault on every span that failed of it', async () => {
    const path = join(bench.folder, 'text.mkv');
    await writeFile(path, 'not a film\n'.repeat(100));
    await bench.client.fPutObject('media', 'in/text.mkv', path);
    const spans = await traceOf('in/text.mkv');
    const failed = spans.filter(({ status }) => status.code === 2);
    expect(failed.map(({ name }) => shortName(name)).sort()).toEqual(['pipeline', 'process requested', 'run']);
    for (const { attributes, status } of failed) {
      expect(attributes['error.type']).toBe('MEDIA_UNRECOGNISED');
      expect(status.message).toContain('not a media type');
    }
    const [delivery] = named(spans, 'process requested').filter(({ service }) => service === 'transcode');
    expect(delivery).toMatchObject({ attributes: { 'http.response.status_code': 422 } });
    const atRecorder = named(spans, 'process requested').filter(({ service }) => service === 'recorder');
    expect(atRecorder.map(({ attributes }) => attributes['url.path']).sort()).toEqual(['/', '/dead']);
    const parts = wholeRun.filter((part) => part !== 'upload'); // it never came to that
    expect(pathsWithoutProgress(spans)).toEqual(treeOf([{ parts, told: ['started', 'failed'] }], 1));
    const failure = { 'gst.outcome': 'failed', 'error.type': 'MEDIA_UNRECOGNISED', 'gst.transform': 'default/plain' };
    await until(() => value('gst.jobs', failure) === 1);
  });
});

describe('the trace of a run whose process is killed', () => {
  it('holds both runs, the first with its fault', async () => {
    await bench.client.fPutObject('media', 'slow/a.mkv', clip);
    // it has a speed once the pipeline plays and its upload has begun
    await until(() => bench.of('progress', 'slow/a.mkv').some(({ data }) => Object(data).speed !== undefined), jobTimeout);
    const transcode = bench.dev.functions.find(({ name }) => name === 'transcode');
    const children = (await processTree(transcode?.pid ?? 0)).slice(1);
    expect(children.length).toBeGreaterThan(0);
    for (const { pid } of children) process.kill(pid, 'SIGKILL');
    expect((await bench.end('slow/a.mkv')).kind).toBe('succeeded');
    const spans = await traceOf('slow/a.mkv');
    const deliveries = named(spans, 'process requested')
      .filter(({ service }) => service === 'transcode')
      .sort((a, b) => Number(a.start - b.start));
    const answers = deliveries.map(({ attributes }) => [attributes['http.response.status_code'], attributes['error.type']]);
    expect(answers).toEqual([
      [503, 'CHILD_CRASHED'],
      [204, undefined],
    ]);
    expect(new Set(deliveries.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
    const runs = named(spans, 'run').map(({ attributes }) => attributes['gst.run']);
    expect(new Set(runs).size).toBe(2);
    const told = [
      ['started', 'retrying'],
      ['started', 'succeeded'],
    ];
    expect(pathsWithoutProgress(spans)).toEqual(treeOf(told.map((kinds) => ({ parts: wholeRun, told: kinds }))));
    await until(() => value('gst.retries', { 'gst.transform': 'default/slow', 'error.type': 'CHILD_CRASHED' }) === 1);
    await until(() => value('gst.child.crashes', { 'gst.end': 'SIGKILL' }) > 0);
  });
});

describe('metrics', () => {
  it('tell of jobs, times, bytes and speed by Transform', async () => {
    const plain = { 'gst.transform': 'default/plain' };
    await until(() => value('gst.jobs', { ...plain, 'gst.outcome': 'succeeded' }) === 1);
    for (const stage of ['prepare', 'pipeline', 'upload', 'total']) {
      expect([stage, value('gst.stage.duration', { ...plain, 'gst.stage': stage })]).toEqual([stage, 1]);
    }
    const [source, output] = await Promise.all(
      ['in/a.mkv', 'out/in/a.mkv.mp4'].map((key) => bench.client.statObject('media', key)),
    );
    expect([value('gst.input.size', plain), value('gst.output.size', plain)]).toEqual([source?.size, output?.size]);
    expect(value('gst.queue.duration', plain)).toBe(2); // of in/text.mkv too
    const [speed] = collector
      .points('gst.realtime_factor')
      .filter(({ attributes }) => attributes['gst.transform'] === 'default/plain');
    expect(speed?.value).toBeGreaterThan(0);
  });

  it('tell of a request that the Broker gave up', async () => {
    const event = new CloudEvent<unknown>({
      id: 'x',
      source: '/x',
      type: `${typePrefix}requested`,
      runner: 'default',
      execution: 'service',
      data: {},
    });
    await createPublisher({ sink: bench.dev.brokerUrl, timeout: 60_000 })(event);
    await until(() => value('gst.dead_letters', { 'gst.event': 'requested', 'http.response.status_code': 400 }) === 1);
  });

  it('are those of the table, every one of them, with its unit and its attributes', async () => {
    const wanted = Object.keys(instrumentTable).sort();
    await until(() => collector.metrics().size >= wanted.length);
    expect([...collector.metrics()].sort()).toEqual(wanted);
    for (const [name, { unit, attributes }] of Object.entries(instrumentTable)) {
      for (const point of collector.points(name)) {
        expect([name, point.unit]).toEqual([name, unit]);
        expect(Object.keys(attributes)).toEqual(expect.arrayContaining(Object.keys(point.attributes)));
      }
    }
  });
});

describe('the names of attributes', () => {
  it('are those of the newest semantic conventions, none of them deprecated, or begin with gst', async () => {
    const known = await conventionalNames();
    expect([known.get('messaging.system'), known.get('messaging.system.name')]).toEqual([true, false]);
    const points = [...collector.metrics()].flatMap((name) => collector.points(name));
    const used = new Set([...collector.spans, ...points].flatMap(({ attributes }) => Object.keys(attributes)));
    const conventional = [...used].filter((name) => !name.startsWith('gst.'));
    expect(conventional.length).toBeGreaterThan(12);
    expect(conventional.filter((name) => known.get(name) !== false)).toEqual([]);
  });
});

describe('every line of a job', () => {
  it('carries job, run, transform and trace', () => {
    const lines = logLines();
    const jobs = new Set(bench.events.map(({ data }) => Object(data).job).filter((job) => job !== undefined));
    expect(jobs.size).toBe(3);
    const of = lines.filter((line) => [...jobs].some((job) => JSON.stringify(line).includes(job)));
    expect(of.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['transcode requested', 'run begins', 'run failed', 'request refused', 'recorded']),
    );
    for (const line of of) {
      expect(line).toMatchObject({
        job: expect.any(String),
        transform: expect.stringMatching(/^default\//),
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      const ofRequest = String(line.type).endsWith('requested') && (line.name !== 'transcode' || line.msg === 'request refused');
      const before = line.name === 'dispatcher' || ofRequest; // a request is of no run
      if (!before) expect(line).toMatchObject({ run: expect.any(String) });
    }
  });
});

describe('what is sent', () => {
  it('holds no secret', async () => {
    const { place, minio } = bench.dev;
    const signed = /X-Amz-(Signature|Credential)/i;
    expect(await bench.client.presignedGetObject('media', 'in/a.mkv')).toMatch(signed);
    expect(collector.text()).toContain('in/a.mkv');
    const said = [collector.text(), bench.lines.join('\n')];
    expect(said[1]).toContain('run succeeded');
    for (const text of said) {
      expect(text).not.toMatch(signed);
      for (const secret of [minio.secretKey, place.eventKey, place.webhookToken]) expect(text).not.toContain(secret);
    }
  });
});
