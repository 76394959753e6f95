/** Files that are not what they are called: they reach no network, no other file, and no more memory than allowed. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../lib/graph/index.ts';
import { rankedOff } from '../../../lib/graph/lint/policy/ranked-off.ts';
import type { Graph } from '../../../lib/graph/model.ts';
import { launch, makeClip } from '../../support/clips.ts';
import { chain, type EngineBench, startEngineBench } from '../../support/engine.ts';
import { until } from '../../support/until.ts';

let open: EngineBench;
let server: Server;
let address: string;
const asked: string[] = [];

beforeAll(async () => {
  // without the sandbox: what is seen here is that no element even tries
  open = await startEngineBench({ sandbox: false });
  await makeClip(open.folder, 'other.mkv', { audio: false });
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end(url === '/smooth' ? smooth('QualityLevels({bitrate})/Fragments(video={start time})') : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server?.close();
  await open?.close();
});

const smooth = (url: string) =>
  `<?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2" MinorVersion="0" Duration="50000000"><StreamIndex Type="video" Url="${url}" Chunks="1"><QualityLevel Bitrate="1000" FourCC="H264" MaxWidth="320" MaxHeight="240" CodecPrivateData="000000016742C00DDA0507E84000000300400000000168CE3C80"/><c d="50000000"/></StreamIndex></SmoothStreamingMedia>`;
const sdp = (port: number) =>
  `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`;

const converter = chain('decodebin', 'videoconvert', 'jpegenc', 'matroskamux');

const playlists: Array<[kind: string, text: () => string]> = [
  ['HLS', () => `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${address}/a.ts\n#EXT-X-ENDLIST\n`],
  ['HLS, of playlists', () => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n${address}/v.m3u8\n`],
  [
    'HLS, of a local file',
    () => `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${join(open.folder, 'other.mkv')}\n#EXT-X-ENDLIST\n`,
  ],
  [
    'DASH',
    () =>
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT5S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>${address}/v.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  ],
  ['Smooth Streaming', () => smooth(`${address}/{bitrate}`)],
  ['SDP', () => sdp(5004)],
  ['SMIL', () => `<smil><body><video src="${address}/v.mp4"/></body></smil>`],
  ['a list of addresses', () => `${address}/v.mp4\n`],
];

describe('a playlist named .mp4', () => {
  it('would be seen to fetch: the server tells who asks', async () => {
    await fetch(`${address}/seen`);
    expect(asked).toEqual(['/seen']);
  });

  it.each(playlists)('%s makes no request, and fails for good', async (kind, text) => {
    const path = join(open.folder, `${kind.replace(/\W/g, '')}.mp4`);
    await writeFile(path, text());
    const run = open.run(converter, { kind: 'file', path });
    await expect(run).rejects.toMatchObject({ class: 'permanent', code: expect.stringMatching(/^MEDIA_/) });
    expect(asked).toEqual(['/seen']);
  });
});

describe('HLS of a local file', () => {
  it('does not open it', async () => {
    expect(await opened(open, 'named.ts')).toBe(false);
  });
});

describe('the same playlists, where the ranks are as GStreamer has them', () => {
  let lenient: EngineBench;
  const ranks = [...rankedOff];
  beforeAll(async () => {
    rankedOff.length = 0; // what this process gives its children from here on
    lenient = await startEngineBench({ sandbox: false, spare: false });
  });
  afterAll(async () => {
    rankedOff.push(...ranks);
    await lenient?.close();
  });

  const followed = playlists.filter(([kind]) => ['HLS', 'HLS, of playlists', 'DASH'].includes(kind));
  it.each(followed)('%s is followed: a request would be seen', async (kind, text) => {
    asked.length = 0;
    const path = join(lenient.folder, `${kind.replace(/\W/g, '')}.mp4`);
    await writeFile(path, text());
    const run = lenient.run(converter, { kind: 'file', path }, { limits: { timeout: 10, stall: 5 } });
    await expect(run).rejects.toThrow();
    expect(asked.length).toBeGreaterThan(0);
  });

  it('HLS of a local file opens it: that would be seen', async () => {
    expect(await opened(lenient, 'named.ts')).toBe(true);
  });
});

/** No decodebin chooses these demuxers for a file of another name, so that they are put in by hand to be seen at all. */
describe('what only its own demuxer follows', () => {
  const follow = (...elements: string[]) => chain(...elements, 'h264parse', 'matroskamux');

  it('is Smooth Streaming, which asks for its fragments beside the manifest', async () => {
    const fragments = () => asked.filter((url) => url.includes('Fragments'));
    const from = { kind: 'http', url: `${address}/smooth`, headers: {}, verify: true } as const;
    const limits = { timeout: 10, stall: 5 };
    await expect(open.run(converter, from, { limits })).rejects.toMatchObject({ class: 'permanent' });
    expect(fragments()).toEqual([]);
    await expect(open.run(follow('mssdemux'), from, { limits })).rejects.toThrow();
    expect(fragments().length).toBeGreaterThan(0);
  });

  it('is SDP, which opens a port', async () => {
    expect(await opensPort('sdp-decodebin.mp4', converter)).toBe(false);
    expect(await opensPort('sdp-sdpdemux.mp4', follow('sdpdemux', 'rtph264depay'))).toBe(true);
  });

  it('does not exist for SMIL and lists of addresses: no element takes them', () => {
    const catalogue = loadCatalogue();
    const takers = (type: string) =>
      catalogue
        .names()
        .filter((name) => catalogue.element(name)?.pads.some((pad) => pad.direction === 'sink' && takes(pad.caps, type)));
    expect(takers('application/x-hls')).toContain('hlsdemux');
    expect([takers('application/smil'), takers('text/uri-list')]).toEqual([[], []]);
  });
});

const takes = (caps: string, type: string) => caps.split(';').some((one) => one.trim().startsWith(type));

/** Whether a run over a session description binds the UDP port that is named there. */
async function opensPort(name: string, graph: Graph): Promise<boolean> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const bound = () => readFileSync('/proc/net/udp', 'latin1').includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);
  expect(bound()).toBe(true);
  socket.close();
  await until(() => !bound());
  const path = join(open.folder, name);
  await writeFile(path, sdp(port));
  const stop = new AbortController();
  let over = false;
  const run = open
    .run(graph, { kind: 'file', path }, { limits: { timeout: 10, stall: 10 }, signal: stop.signal })
    .catch(() => {})
    .finally(() => {
      over = true;
    });
  let seen = false;
  await until(() => {
    seen ||= bound();
    return seen || over;
  });
  stop.abort();
  await run;
  return seen;
}

/** Whether HLS that names a local file makes anyone open it: of a named pipe its writer can tell. */
async function opened(bench: EngineBench, name: string): Promise<boolean> {
  const pipe = join(bench.folder, name);
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  const path = join(bench.folder, `${name}.mp4`);
  await writeFile(path, `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${pipe}\n#EXT-X-ENDLIST\n`);
  let over = false;
  const run = bench.run(converter, { kind: 'file', path }, { limits: { timeout: 10, stall: 5 } }).catch(() => {});
  void run.finally(() => {
    over = true;
  });
  let seen = false;
  // whoever opens it to read waits there for a writer, so that none is missed
  await until(() => {
    seen ||= hasReader(pipe);
    return seen || over;
  });
  await run;
  return seen;
}

function hasReader(pipe: string): boolean {
  try {
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false; // nobody has it open
    throw error;
  }
}

describe('a picture that is larger than memory', () => {
  it('ends by the memory limit, in seconds', async () => {
    const small = await startEngineBench({ memoryLimit: 150 * 1024 * 1024 });
    try {
      const path = join(small.folder, 'bomb.png');
      await launch(
        `videotestsrc num-buffers=1 pattern=black ! video/x-raw,format=RGB,width=8000,height=8000 ! pngenc ! filesink location=${path}`,
      );
      const run = small.run(chain('decodebin', 'videoconvert', 'jpegenc'), { kind: 'file', path });
      await expect(run).rejects.toMatchObject({ code: 'MEMORY_LIMIT', class: 'permanent' });
    } finally {
      await small.close();
    }
  });
});
