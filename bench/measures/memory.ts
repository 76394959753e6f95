import { setTimeout as sleep } from 'node:timers/promises';
import { forgetPeak, openFiles, peakOf, residentOf } from '../processes.ts';
import { type Measure, median } from '../samples.ts';
import type { Stage } from '../stage.ts';
import { converter } from './encode.ts';

const remuxer = 'matroskademux ! matroskamux';
/** ms after which idle connections to storage and Broker are closed, with some more. */
const untilIdle = 7_000;

export const memory = (stage: Stage): Measure => ({
  name: 'memory',
  async run() {
    const [second, small, large] = [
      await stage.upload('second'),
      await stage.upload('mebibytes10'),
      await stage.upload('gibibyte'),
    ];
    const served = await stage.transcode();
    const clips = async (count: number) => {
      for (let n = 0; n < count; n++) await stage.convert(served, stage.request(second, converter(), 'mp4'));
    };
    /** At rest: collections of garbage come when they come, so it is looked at for a while. */
    const atRest = async () => {
      const seen: number[] = [];
      for (let look = 0; look < 10; look++) {
        await sleep(untilIdle / 10);
        seen.push(await residentOf(served.pid));
      }
      return { resident: median(seen), files: await openFiles(served.pid) };
    };
    const peak = async (source: typeof small) => {
      await forgetPeak(served.pid);
      await stage.convert(served, stage.request(source, remuxer, 'mkv'));
      return peakOf(served.pid);
    };
    try {
      await clips(30);
      const after30 = await atRest();
      await clips(270);
      const after300 = await atRest();
      const peaks = { small: await peak(small), large: await peak(large) };
      return {
        title: 'Memory and open files of the server process',
        about:
          'Resident memory at rest after 30 and after 300 clips through one process; and the most while 10 MiB and while 1 GiB of raw video are remuxed (read from MinIO, written to MinIO). The pipeline runs in a process of its own, which ends with the job.',
        rows: [
          { what: 'resident after 30 objects', unit: 'MiB', samples: [after30.resident] },
          { what: 'resident after 300 objects', unit: 'MiB', samples: [after300.resident] },
          { what: 'open files after 30 objects', unit: '', samples: [after30.files] },
          { what: 'open files after 300 objects', unit: '', samples: [after300.files] },
          { what: 'peak over 10 MiB', unit: 'MiB', samples: [peaks.small] },
          { what: 'peak over 1 GiB', unit: 'MiB', samples: [peaks.large] },
        ],
        checks: [
          {
            what: 'after 300 objects to after 30',
            value: after300.resident / after30.resident,
            unit: '×',
            bound: '≤',
            target: 1.1,
          },
          { what: 'more open files after 300 objects', value: after300.files - after30.files, unit: '', bound: '≤', target: 0 },
          { what: 'more at the peak over 1 GiB', value: peaks.large - peaks.small, unit: 'MiB', bound: '≤', target: 40 },
        ],
      };
    } finally {
      await served.stop();
    }
  },
});
