import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { medium } from '../places.ts';
import { runLaunch } from '../processes.ts';
import { interleaved, least, type Measure, walls } from '../samples.ts';
import { bucket, type Stage } from '../stage.ts';

const remuxer = (from = '', to = ''): string =>
  `${from} qtdemux name=d  d.video_0 ! queue ! h264parse ! matroskamux name=m ${to}  d.audio_0 ! queue ! aacparse ! m.`;

export const remux = (stage: Stage): Measure => ({
  name: 'remux',
  async run(rounds) {
    const path = await medium('large');
    const source = await stage.upload('large');
    const [down, made] = [join(stage.folder, 'down.mp4'), join(stage.folder, 'made.mkv')];
    const key = 'out/copied.mkv';
    const served = await stage.transcode();
    const timed = async (work: () => Promise<unknown>) => {
      const begun = performance.now();
      await work();
      return { wall: (performance.now() - begun) / 1000, cpu: 0 };
    };
    try {
      const { launch, threeSteps, ours } = await interleaved(rounds, {
        launch: () => runLaunch(remuxer(`filesrc location=${path} !`, `! filesink location=${made}`)),
        threeSteps: () =>
          timed(async () => {
            const access = await stage.store.readAccess(bucket, source.key, { etag: source.etag, seconds: 600 });
            if (access.kind !== 'http') throw new Error('MinIO is read over HTTP');
            const { body, ok } = await fetch(access.url, { headers: access.headers });
            if (!ok || !body) throw new Error('no answer');
            await pipeline(Readable.fromWeb(body as never), createWriteStream(down));
            await runLaunch(remuxer(`filesrc location=${down} !`, `! filesink location=${made}`));
            const upload = stage.store.upload(bucket, key, made, { contentType: 'video/x-matroska', metadata: {} });
            await upload.finish();
            await upload.complete();
          }),
        ours: () => stage.convert(served, stage.request(source, remuxer(), 'mkv')),
      });
      return {
        title: '200 MB from mp4 to Matroska, nothing encoded',
        about:
          'Three steps: copied down by one GET to a file, gst-launch from file to file, copied up with the parts and the parallelism of our own uploads (a client in Node, not `mc`).',
        rows: [
          { what: 'gst-launch alone, wall', unit: 's', samples: walls(launch) },
          { what: 'three steps, wall', unit: 's', samples: walls(threeSteps) },
          { what: 'ours, wall', unit: 's', samples: walls(ours) },
        ],
        checks: [
          {
            what: 'wall, ours to the three steps',
            value: least(walls(ours)) / least(walls(threeSteps)),
            unit: '×',
            bound: '≤',
            target: 0.75,
          },
        ],
      };
    } finally {
      await served.stop();
    }
  },
});
