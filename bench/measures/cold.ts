import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { medium } from '../places.ts';
import { launchToPlaying, runProgram } from '../processes.ts';
import { interleaved, least, type Measure, walls } from '../samples.ts';
import { post, type Stage } from '../stage.ts';
import { converter } from './encode.ts';

export const cold = (stage: Stage): Measure => ({
  name: 'cold',
  async run(rounds) {
    const source = await stage.upload('second');
    const path = await medium('second');
    const local = join(stage.folder, 'cold.mp4');
    const parts: Record<'listening' | 'taken' | 'playing', number[]> = { listening: [], taken: [], playing: [] };
    const scanned = async () => (await stat(stage.program.registry)).mtimeMs;
    const before = await scanned();
    const { node, inspect, launch, ours } = await interleaved(rounds, {
      node: () => runProgram(process.execPath, ['-e', '0']),
      inspect: () => runProgram('gst-launch-1.0', ['--version']),
      launch: () => launchToPlaying(converter(`filesrc location=${path} !`, `! filesink location=${local}`)),
      async ours() {
        const served = await stage.transcode({ EXIT_WITH_PARENT: '' }); // as in the image
        const data = stage.request(source, converter(), 'mp4');
        const answered = post(served, data);
        const listening = await served.logged('"listening"');
        const taken = await served.logged('run begins');
        const playing = await served.logged('pipeline plays');
        if ((await answered).status !== 204) throw new Error('the first job failed');
        await served.stop();
        parts.listening.push(listening);
        parts.taken.push(taken - listening);
        parts.playing.push(playing - taken);
        return { wall: playing / 1000, cpu: 0 };
      },
    });
    if ((await scanned()) !== before) throw new Error('the plugins were scanned');
    const ms = (samples: number[]) => samples.map((seconds) => seconds * 1000);
    return {
      title: 'Cold start',
      about:
        'From exec of `serve transcode`, with an event waiting, to its pipeline in PLAYING: bundle, options of Node, compile cache and plugin registry as in the image. No plugin is scanned. Server and first child start beside one another: the child is forked when settings and scratch are known, before the rest of the server is loaded. While the server reads and checks the event, the child loads the plugins that most pipelines need; those of libav come last, for with their 170 libraries they take longer than all others. The server speaks HTTP without fetch, and reads `serve transcode` without its reader of options: to load the two takes longer than to handle the event. The last part has the two HEADs, what is left of the child’s loading, and what the pipeline itself takes until its encoder gives something: gst-launch shows how long that is.',
      rows: [
        { what: '`node -e 0`', unit: 'ms', samples: ms(walls(node)) },
        { what: '`gst-launch-1.0 --version`', unit: 'ms', samples: ms(walls(inspect)) },
        { what: 'gst-launch-1.0 with the same pipeline on local files, to PLAYING', unit: 'ms', samples: ms(walls(launch)) },
        { what: 'ours, to PLAYING', unit: 'ms', samples: ms(walls(ours)) },
        { what: '… exec to listening', unit: 'ms', samples: parts.listening },
        { what: '… to the event being read and checked', unit: 'ms', samples: parts.taken },
        { what: '… to PLAYING: HEADs, what is left of the child’s start, preroll', unit: 'ms', samples: parts.playing },
      ],
      checks: [
        {
          what: 'ours to the sum of the two programs',
          value: least(walls(ours)) / (least(walls(node)) + least(walls(inspect))),
          unit: '×',
          bound: '≤',
          target: 4,
        },
      ],
    };
  },
});
