import { join } from 'node:path';
import { medium } from '../places.ts';
import { runLaunch } from '../processes.ts';
import { type Cost, cpus, interleaved, least, type Measure, total, walls } from '../samples.ts';
import type { Stage } from '../stage.ts';
import { converter } from './encode.ts';

const times = 100;

/** Of one clip, over many one after the other. */
async function mean(convert: () => Promise<Cost>): Promise<Cost> {
  const costs: Cost[] = [];
  for (let n = 0; n < times; n++) costs.push(await convert());
  const { wall, cpu } = total(costs);
  return { wall: wall / times, cpu: cpu / times };
}

export const clip = (stage: Stage): Measure => ({
  name: 'clip',
  async run(rounds) {
    const path = await medium('second');
    const source = await stage.upload('second');
    const local = join(stage.folder, 'clip.mp4');
    const served = await stage.transcode();
    try {
      const one = () => stage.convert(served, stage.request(source, converter(), 'mp4'));
      await one();
      const { launch, ours } = await interleaved(rounds, {
        launch: () => mean(() => runLaunch(converter(`filesrc location=${path} !`, `! filesink location=${local}`))),
        ours: () => mean(one),
      });
      return {
        title: `1 s of 360p to H.264, ${times} times, warm`,
        about: `Each sample is the mean of ${times} clips, one after the other: what a job costs beside its media. Ours has its spare child by then; making the next one is part of its CPU.`,
        rows: [
          { what: 'gst-launch, wall', unit: 'ms', samples: walls(launch).map((seconds) => seconds * 1000) },
          { what: 'ours, wall', unit: 'ms', samples: walls(ours).map((seconds) => seconds * 1000) },
          { what: 'gst-launch, CPU', unit: 'ms', samples: cpus(launch).map((seconds) => seconds * 1000) },
          { what: 'ours, CPU', unit: 'ms', samples: cpus(ours).map((seconds) => seconds * 1000) },
        ],
        checks: [
          {
            what: 'wall, ours to gst-launch',
            value: least(walls(ours)) / least(walls(launch)),
            unit: '×',
            bound: '≤',
            target: 1.5,
          },
        ],
      };
    } finally {
      await served.stop();
    }
  },
});
