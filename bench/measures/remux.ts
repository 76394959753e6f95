import { join } from 'node:path';
import { medium } from '../places.ts';
import { runLaunch, runProgram } from '../processes.ts';
import { interleaved, least, type Measure, total, walls } from '../samples.ts';
import { bucket, type Stage } from '../stage.ts';

export const remuxer = (from = '', to = ''): string =>
  `${from} qtdemux name=d  d.video_0 ! queue ! h264parse ! matroskamux name=m ${to}  d.audio_0 ! queue ! aacparse ! m.`;

export const remux = (stage: Stage): Measure => ({
  name: 'remux',
  async run(rounds) {
    const path = await medium('large');
    const source = await stage.upload('large');
    const [down, made] = [join(stage.folder, 'down.mp4'), join(stage.folder, 'made.mkv')];
    const served = await stage.transcode();
    const copy = (from: string, to: string) => runProgram('mc', ['cp', '--quiet', from, to], stage.clientEnv);
    try {
      const { launch, threeSteps, ours } = await interleaved(rounds, {
        launch: () => runLaunch(remuxer(`filesrc location=${path} !`, `! filesink location=${made}`)),
        threeSteps: async () =>
          total([
            await copy(`bench/${bucket}/${source.key}`, down),
            await runLaunch(remuxer(`filesrc location=${down} !`, `! filesink location=${made}`)),
            await copy(made, `bench/${bucket}/out/copied.mkv`),
          ]),
        ours: () => stage.convertAndRest(served, stage.request(source, remuxer(), 'mkv')),
      });
      return {
        title: '200 MB from mp4 to Matroska, nothing encoded',
        about:
          'Three steps: `mc cp` down to a file, gst-launch from file to file, `mc cp` up. Ours: from the event being posted to the output complete in MinIO and the answer. Its next spare child is loaded after that, before the next turn.',
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
