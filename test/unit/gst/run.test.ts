/** What `play` makes of the reports of a child, whenever they come. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../../lib/errors.ts';
import type { Graph } from '../../../lib/graph/model.ts';
import type { Child } from '../../../lib/gst/child-process.ts';
import { bufferName, sourceName } from '../../../lib/gst/launch.ts';
import type { Command, Report } from '../../../lib/gst/protocol.ts';
import { play } from '../../../lib/gst/run.ts';
import { runTimes } from '../../../lib/gst/run-times.ts';
import type { RunObserver } from '../../../lib/gst/types.ts';

const graph: Graph = {
  nodes: [
    { id: 'd', factory: 'decodebin', properties: {}, at: 0 },
    { id: 'convert', factory: 'videoconvert', properties: {}, at: 1 },
  ],
  links: [{ from: { node: 'd' }, to: { node: 'convert' }, at: 1 }],
  source: { node: 'd' },
  outputs: [{ name: 'out', from: { node: 'convert' }, at: 2 }],
};
const progress: Report = {
  kind: 'progress',
  bytesIn: 1000,
  sourceWaits: false,
  unlinked: [{ head: 'convert', wants: 'video/x-raw' }],
  pads: [],
  cpu: 0.2,
};
const path = '/GstPipeline:pipeline0/GstDecodeBin:d/GstQTDemux:qtdemux0';
const noMoov: Report = {
  kind: 'error',
  message: 'This file contains no playable streams.',
  debug: 'qtdemux.c(1): f ():\nno known streams found',
  path,
  factory: 'qtdemux',
  klass: 'Codec/Demuxer',
};
const unlinked: Report = { kind: 'unlinked', head: 'convert', wants: 'video/x-raw', pads: [] };

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] }));
afterEach(() => vi.useRealTimers());

/** A run whose child does nothing but what `report` is called with. */
function start(observer: RunObserver = {}) {
  const commands: Command[] = [];
  let listener: Parameters<Child['listen']>[0];
  const child: Child = {
    pid: process.pid,
    level: { landlock: 0, tcp: false },
    confinement: undefined,
    alive: true,
    ended: new Promise(() => {}),
    send: (command) => void commands.push(command),
    listen(next) {
      listener = next;
    },
    stderrTail: () => '',
    kill: async () => {},
  };
  const run = play(
    {
      graph,
      source: { kind: 'http', url: 'http://127.0.0.1:9000/media/in.mp4?X-Amz-Signature=secret', headers: {}, verify: true },
      sourceSize: 1000,
      outputs: [{ name: 'out', path: '/nowhere/out' }],
      onMissingStream: 'skip',
      limits: { timeout: 600, stall: 600, inputBytes: 1e9, outputBytes: 1e9 },
      scratch: '/nowhere',
    },
    observer,
    new AbortController().signal,
    { child, memoryLimit: undefined, readable: [], times: runTimes },
  ).then(
    () => undefined,
    (fault: Fault) => fault.code,
  );
  const report = (...reports: Report[]) => {
    for (const one of reports) listener?.onReport(one);
  };
  return { code: run, report, commands };
}

describe('a warning of GStreamer', () => {
  it('is told once, however many frames it comes for, and without what grants access', async () => {
    const told: string[] = [];
    const { report } = start({ onWarning: (message) => told.push(message) });
    const warning = (element: string, text: string): Report => ({ kind: 'warning', element, text });
    for (let frame = 1; frame <= 100; frame++)
      report(warning('avdec', `Could not decode frame ${frame} at 0:00:0${frame % 10}.5`));
    report(
      warning('other', 'Could not decode frame 1'),
      warning('src', 'http://127.0.0.1:9000/media/in.mp4?X-Amz-Signature=secret'),
    );
    expect(told).toEqual(['avdec: Could not decode frame 1 at 0:00:01.5', 'other: Could not decode frame 1', 'src: <source>']);
  });
});

describe('a broken input, of which the demuxer finds nothing', () => {
  it('is told by its error, however long this process slept before it heard of it', async () => {
    const { code, report } = start();
    report(progress, progress);
    await vi.advanceTimersByTimeAsync(60_000);
    report(progress, progress, noMoov);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await code).toBe('MEDIA_CORRUPT');
  });

  it('is told by its error, although the branch was told of first, and the error was late', async () => {
    const { code, report } = start();
    report(unlinked);
    await vi.advanceTimersByTimeAsync(500);
    report(noMoov);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await code).toBe('MEDIA_CORRUPT');
  });

  it('is told by its error, although the branch is told of before that is weighed', async () => {
    const { code, report } = start();
    report(noMoov, unlinked);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await code).toBe('MEDIA_CORRUPT');
  });

  it('is MEDIA_CORRUPT although decodebin has swallowed its error, when nobody is at work any more', async () => {
    const { code, report } = start();
    const sink = { element: 'qtdemux0', factory: 'qtdemux', klass: 'Codec/Demuxer', pad: 'sink', top: false } as const;
    for (let n = 0; n < 20; n++) report({ ...progress, pads: [{ ...sink, direction: 'sink' }] });
    expect(await code).toBe('MEDIA_CORRUPT');
  });

  it('is MEDIA_ENCRYPTED where a key was asked for before decodebin swallowed the error', async () => {
    const { code, report } = start();
    report({ kind: 'encrypted', system: 'drm-preferred-decryption-system-id' });
    for (let n = 0; n < 20; n++) report(progress);
    expect(await code).toBe('MEDIA_ENCRYPTED');
  });
});

describe('a source that gave up', () => {
  const echo = (name: string, more: object = {}): Report => ({
    kind: 'error',
    message: 'Internal data stream error.',
    debug: '',
    path: `/GstPipeline:pipeline0/GstX:${name}`,
    factory: 'x',
    klass: 'Source/Network',
    flowReturn: -5,
    ...more,
  });
  const cases: Array<[what: string, reports: Report[], code: string]> = [
    ['whose storage has gone', [echo(sourceName, { lastHttpStatus: 0 }), { ...noMoov, lastHttpStatus: 0 }], 'STORAGE_UNREACHED'],
    ['whose storage answers', [echo(sourceName, { lastHttpStatus: 206 }), { ...noMoov, lastHttpStatus: 206 }], 'STORAGE_READ'],
    [
      'because what it feeds stopped it',
      [echo(bufferName, { lastHttpStatus: 200 }), echo(sourceName, { lastHttpStatus: 200 }), { ...noMoov, lastHttpStatus: 200 }],
      'MEDIA_CORRUPT',
    ],
  ];
  it.each(cases)('%s: the demuxer that misses the rest is not to blame, or is', async (_what, reports, wanted) => {
    const { code, report } = start();
    report(...reports);
    await vi.advanceTimersByTimeAsync(runTimes.errors + runTimes.others);
    expect(await code).toBe(wanted);
  });
});

describe('a source that was stopped, and says so long before the element that stopped it', () => {
  it('is not to blame', async () => {
    const { code, report } = start();
    const stopped = { path: `/GstPipeline:pipeline0/GstX:${sourceName}`, factory: 'souphttpsrc', klass: 'Source/Network' };
    report({ kind: 'error', message: 'Internal data stream error.', debug: '', flowReturn: -5, lastHttpStatus: 200, ...stopped });
    await vi.advanceTimersByTimeAsync(1000);
    const decodebin = { path: '/GstPipeline:pipeline0/GstDecodeBin:d', factory: 'decodebin', klass: 'Generic/Bin/Decoder' };
    report({ kind: 'missing-plugin', what: 'text/html decoder', caps: 'text/html' });
    report({ kind: 'error', message: 'Your GStreamer installation is missing a plug-in.', debug: '', ...decodebin });
    await vi.advanceTimersByTimeAsync(2000);
    expect(await code).toBe('MEDIA_UNRECOGNISED');
  });
});

describe('an input that has other streams than the branch takes', () => {
  it('is NO_STREAMS at once', async () => {
    const { code, report } = start();
    const pad = { element: 'qtdemux0', factory: 'qtdemux', klass: 'Codec/Demuxer', pad: 'audio_0', top: false } as const;
    report({ ...unlinked, pads: [{ ...pad, direction: 'src', caps: 'audio/mpeg, mpegversion=(int)4', streamId: 's' }] });
    await vi.advanceTimersByTimeAsync(runTimes.unlinked);
    expect(await code).toBe('NO_STREAMS');
  });
});

describe('an element that gave up, behind which the rest saw the end of the stream', () => {
  it('is an error, for what came is not all', async () => {
    const { code, report } = start();
    report({ ...noMoov, message: 'Could not multiplex stream.', factory: 'mp4mux', klass: 'Codec/Muxer' });
    report({ kind: 'eos' }, { kind: 'ended', end: { buffers: {}, pads: [], positions: {}, demuxed: {} } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await code).toBe('ELEMENT_FAILED');
  });
});

describe('a pipeline that stands still before its first picture, with every branch linked', () => {
  const linked = { ...progress, unlinked: [] };
  const reports = runTimes.hopeless / runTimes.progress + 1;

  it('is begun anew, and given up after five times', () => {
    const { commands, report } = start();
    for (let tries = 1; tries <= 7; tries++) {
      for (let n = 0; n < reports; n++) report(linked);
      report({ kind: 'stopped' });
    }
    expect(commands.filter(({ kind }) => kind === 'play')).toHaveLength(1 + 5);
  });
});
