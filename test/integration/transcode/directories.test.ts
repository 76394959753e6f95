/** Directory outputs over attempts that are killed and versions that follow each other: what is there plays, and nothing is left over. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../../cli/demo/verify.ts';
import type { Requested } from '../../../lib/events/types.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { lossyProxy } from '../../support/lossy-proxy.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { serveProcess } from '../../support/serve.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';

let bench: TranscodeBench;
let long: string;
let short: string;

beforeAll(async () => {
  bench = await startTranscodeBench();
  long = await makeClip(bench.folder, 'long.mkv', { seconds: 4, audio: false });
  short = await makeClip(bench.folder, 'short.mkv', { seconds: 2, audio: false });
});
afterAll(() => bench?.close());

const hls: Element[] = [
  { name: 'decodebin' },
  { name: 'videoconvert' },
  { name: 'x264enc', properties: { 'speed-preset': 'ultrafast', 'key-int-max': 15 } },
  { name: 'h264parse' },
  {
    name: 'hlssink2',
    properties: {
      location: 'segment%03d.ts',
      'playlist-location': 'index.m3u8',
      'target-duration': 1,
      'playlist-length': 0,
      'max-files': 0,
    },
  },
];

const ask = (source: Awaited<ReturnType<TranscodeBench['upload']>>, key: string) =>
  bench.request({ source, elements: hls, sinks: { out: `media/${key}` } });

/** The attempt of a process that is killed when it is about to write the playlist: every segment is there, and no mark. */
async function killed(data: Requested): Promise<void> {
  const playlist = Promise.withResolvers<void>();
  const proxy = await lossyProxy(bench.minio.endpoint, ({ method, url }) => {
    if (method !== 'PUT' || !url?.includes('index.m3u8')) return 'pass';
    playlist.resolve();
    return 'refuse';
  });
  const served = await serveProcess('transcode', {
    K_SINK: bench.broker.url,
    EVENT_KEY: eventKey,
    SCRATCH_DIR: join(bench.folder, 'killed'),
    MINIO_ACCESS_KEY: bench.minio.accessKey,
    MINIO_SECRET_KEY: bench.minio.secretKey,
  });
  try {
    const endpoint = { ...bench.minio.address, address: proxy.address };
    const through = {
      ...data,
      source: { ...data.source, endpoint },
      sinks: data.sinks.map((sink) => ({ ...sink, endpoint })),
    };
    const answer = fetch(served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(requestedEvent(through)),
    }).then(
      ({ status }) => status,
      () => 'no answer',
    );
    await playlist.promise;
    await served.kill();
    expect(await answer).toBe('no answer');
  } finally {
    await served.kill();
    proxy.close();
  }
}

/** Names under the prefix; and the frames that the playlist gives, with nothing there that it does not name. */
async function played(prefix: string): Promise<{ names: string[]; frames: number | undefined }> {
  const folder = join(bench.folder, 'played', prefix);
  const names = (await bench.keys(prefix)).map((key) => key.slice(prefix.length));
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await bench.minio.client.fGetObject('media', prefix + name, join(folder, name));
  }
  const { streams } = await decode(join(folder, 'index.m3u8'));
  return { names, frames: streams[0]?.frames };
}

const segments = (count: number) => Array.from({ length: count }, (_, n) => `segment00${n}.ts`);
const whole = (count: number) => ['.gst-job.json', 'index.m3u8', ...segments(count)];

describe('HLS whose process is killed in the middle', () => {
  it('plays after the next attempt, with no segment too many', async () => {
    const data = ask(await bench.upload('in/killed.mkv', long), 'hls/killed/');
    await killed(data);
    expect(await bench.keys('hls/killed/')).toEqual(segments(4).map((name) => `hls/killed/${name}`));
    expect(await bench.ask(data)).toBe(204);
    expect(await played('hls/killed/')).toEqual({ names: whole(4), frames: 60 });
  });

  it('and whose source is replaced by a shorter one: nothing of the first is left', async () => {
    await killed(ask(await bench.upload('in/replaced.mkv', long), 'hls/replaced/'));
    expect(await bench.keys('hls/replaced/')).toHaveLength(4);
    const data = ask(await bench.upload('in/replaced.mkv', short), 'hls/replaced/');
    expect(await bench.ask(data)).toBe(204);
    expect(await played('hls/replaced/')).toEqual({ names: whole(2), frames: 30 });
  });
});

describe('HLS of a source that is replaced by a shorter one', () => {
  it('has nothing of the first version left, and what others have put there', async () => {
    const prefix = 'hls/versions/';
    expect(await bench.ask(ask(await bench.upload('in/versions.mkv', long), prefix))).toBe(204);
    expect(await played(prefix)).toEqual({ names: whole(4), frames: 60 });
    await bench.upload(`${prefix}notes.txt`, Buffer.from('not ours'));
    const other = await bench.upload('in/other.mkv', short);
    const beside = bench.request({
      source: other,
      elements: [{ name: 'matroskademux' }, { name: 'matroskamux' }],
      sinks: { out: `media/${prefix}other.mkv` },
    });
    expect(await bench.ask(beside)).toBe(204);
    expect(await bench.ask(ask(await bench.upload('in/versions.mkv', short), prefix))).toBe(204);
    const { names, frames } = await played(prefix);
    expect({ names: [...names].sort(), frames }).toEqual({ names: [...whole(2), 'notes.txt', 'other.mkv'].sort(), frames: 30 });
  });
});
