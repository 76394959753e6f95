import { join } from 'node:path';
import { medium } from '../places.ts';
import { runLaunch } from '../processes.ts';
import { cpus, interleaved, least, type Measure, walls } from '../samples.ts';
import type { Stage } from '../stage.ts';

/** mp4 in, mp4 out, H.264 and AAC; `from` and `to` are what stands before and behind it. */
export const converter = (from = '', to = ''): string =>
  `${from} decodebin name=d  d. ! queue ! videoconvert ! x264enc speed-preset=veryfast ! queue ! mp4mux name=m ${to}  d. ! queue ! audioconvert ! audioresample ! voaacenc ! queue ! m.`;

export const encode = (stage: Stage): Measure => ({
  name: 'encode',
  async run(rounds) {
    const path = await medium('minute');
    const source = await stage.upload('minute');
    const local = join(stage.folder, 'encode.mp4');
    const served = await stage.transcode();
    try {
      const { launch, ours } = await interleaved(rounds, {
        launch: () => runLaunch(converter(`filesrc location=${path} !`, `! filesink location=${local}`)),
        ours: () => stage.convertAndRest(served, stage.request(source, converter(), 'mp4')),
      });
      return {
        title: '60 s of 720p to H.264, preset veryfast',
        about:
          'An mp4 of H.264 and AAC is decoded and encoded again. Ours: from the event being posted to the output complete in MinIO and the answer. gst-launch: the same pipeline from local file to local file.',
        rows: [
          { what: 'gst-launch, wall', unit: 's', samples: walls(launch) },
          { what: 'ours, wall', unit: 's', samples: walls(ours) },
          { what: 'gst-launch, CPU', unit: 's', samples: cpus(launch) },
          { what: 'ours, CPU', unit: 's', samples: cpus(ours) },
        ],
        checks: [
          {
            what: 'wall, ours to gst-launch',
            value: least(walls(ours)) / least(walls(launch)),
            unit: '×',
            bound: '≤',
            target: 1.05,
          },
          { what: 'CPU, ours to gst-launch', value: least(cpus(ours)) / least(cpus(launch)), unit: '×', bound: '≤', target: 1.1 },
        ],
      };
    } finally {
      await served.stop();
    }
  },
});
