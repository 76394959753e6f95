/** A source that cannot be read from the network as it is: read again from a copy, where that may help. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../../cli/demo/verify.ts';
import { Fault, type FaultCode } from '../../../lib/errors.ts';
import { orOverCopy } from '../../../lib/gst/local-copy.ts';
import type { RunRequest, RunResult } from '../../../lib/gst/types.ts';
import { launch } from '../../support/clips.ts';
import { chain, type EngineBench, startEngineBench } from '../../support/engine.ts';

let bench: EngineBench;
let server: Server;
let folder: string;
/** What the server gives. */
let content: Buffer;
let film: Buffer;
let still: Buffer;
let source: RunRequest['source'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-copy-'));
  const picture = 'video/x-raw,format=Y42B,width=1920,height=1080,framerate=25/1';
  const [clip, one] = [join(folder, 'clip.mxf'), join(folder, 'still.jpg')];
  await launch(`videotestsrc num-buffers=5 ! ${picture} ! avenc_dnxhd bitrate=120000000 ! mxfmux ! filesink location=${clip}`);
  await launch(`videotestsrc num-buffers=1 ! jpegenc ! filesink location=${one}`);
  [film, still] = await Promise.all([readFile(clip), readFile(one)]);
  content = film;
  server = createServer(({ headers }, response) => {
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
    const [first, last] = [Number(from ?? 0), Math.min(Number(to || content.length - 1), content.length - 1)];
    response.writeHead(from === undefined ? 200 : 206, {
      'accept-ranges': 'bytes',
      'content-length': last - first + 1,
      'content-range': `bytes ${first}-${last}/${content.length}`,
    });
    response.end(content.subarray(first, last + 1));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  source = { kind: 'http', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clip`, headers: {}, verify: true };
  bench = await startEngineBench({});
});
afterAll(async () => {
  await bench?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('over the network', () => {
  const graph = chain('decodebin', 'videoconvert', 'jpegenc', 'matroskamux');
  const tooLargeToCopy = 2 ** 30;

  it('an MXF is read where it lies, of any size', async () => {
    content = film;
    const { files } = await bench.run(graph, source, { sourceSize: tooLargeToCopy });
    const { streams } = await decode(files.out ?? '');
    expect(streams).toMatchObject([{ kind: 'video', frames: 5 }]);
  });

  it('a single picture that a graph gives a time is read where it lies', async () => {
    content = still;
    const frozen = chain('decodebin', ['imagefreeze', { 'num-buffers': 5 }], 'videoconvert', 'jpegenc', 'matroskamux');
    const { files } = await bench.run(frozen, source, { sourceSize: tooLargeToCopy });
    const { streams } = await decode(files.out ?? '');
    expect(streams).toMatchObject([{ kind: 'video', frames: 5 }]);
  });

  it('a single picture goes into a muxer from a copy alone', async () => {
    content = still;
    await expect(bench.run(graph, source, { sourceSize: tooLargeToCopy })).rejects.toThrow(Fault);
    const { files } = await bench.run(graph, source, { sourceSize: still.length });
    const { streams } = await decode(files.out ?? '');
    expect(streams).toMatchObject([{ kind: 'video', frames: 1 }]);
  });
});

describe('a run that fails', () => {
  const result = { skippedStreams: [] } as unknown as RunResult;

  /** What was read, in order, where the first run ends by `code`. */
  async function sourcesOf(code: FaultCode, more: Partial<RunRequest> = {}, skippedOutputs: string[] = []): Promise<string[]> {
    const read: string[] = [];
    const run = orOverCopy(async (request, observer) => {
      read.push(request.source.kind);
      observer.onPlaying?.({ skippedStreams: [], skippedOutputs });
      if (request.source.kind === 'http') throw new Fault(code, { element: 'x', cause: 'x', outputs: 'out' });
      expect(content.equals(await readFile(request.source.path))).toBe(true);
      return result;
    });
    const request = { source, sourceSize: content.length, outputs: [{ name: 'out', path: '/x/out' }], scratch: folder, ...more };
    await run(request as RunRequest, {}, new AbortController().signal).catch(() => {});
    return read;
  }
  afterEach(() => rm(join(folder, '.source'), { force: true }));

  it.each(['MEDIA_CORRUPT', 'MEDIA_NO_FRAMES', 'ELEMENT_FAILED'] as const)('by %s is made again over a copy', async (code) => {
    expect(await sourcesOf(code)).toEqual(['http', 'file']);
  });

  const once: Array<[what: string, sources: () => Promise<string[]>]> = [
    ['by the storage', () => sourcesOf('STORAGE_READ')],
    ['by its medium, which is unknown either way', () => sourcesOf('MEDIA_UNRECOGNISED')],
    ['over a large source', () => sourcesOf('MEDIA_CORRUPT', { sourceSize: 2 ** 30 })],
    ['with a folder, which has files already', () => sourcesOf('MEDIA_CORRUPT', { outputs: [{ name: 'out', path: '/x/out/' }] })],
    ['after it has told which outputs it leaves out', () => sourcesOf('MEDIA_CORRUPT', {}, ['out'])],
  ];
  it('and has put a link where the copy goes is not, and nothing is written through it', async () => {
    await symlink(join(folder, 'elsewhere'), join(folder, '.source'));
    expect(await sourcesOf('MEDIA_CORRUPT')).toEqual(['http']);
    expect(await readdir(folder)).not.toContain('elsewhere');
  });
  it.each(once)('%s is not', async (_what, sources) => expect(await sources()).toEqual(['http']));
});
