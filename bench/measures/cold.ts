import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { medium } from '../places.ts';
import { launchToPlaying, runProgram } from '../processes.ts';
import { interleaved, least, type Measure, walls } from '../samples.ts';
import { post, type Source, type Stage } from '../stage.ts';
import { converter } from './encode.ts';
import { remuxer } from './remux.ts';

export const cold = (stage: Stage): Measure => ({
  name: 'cold',
  async run(rounds) {
    const source = await stage.upload('second');
    const path = await medium('second');
    const local = join(stage.folder, 'cold.out');
    const launch = (pipeline: typeof converter) => () =>
      launchToPlaying(pipeline(`filesrc location=${path} !`, `! filesink location=${local}`));
    const parts: Parts = { listening: [], taken: [], playing: [] };
    const scanned = async () => (await stat(stage.program.registry)).mtimeMs;
    const before = await scanned();
    const { node, version, launchCopied, copied, launchEncoded, encoded } = await interleaved(rounds, {
      node: () => runProgram(process.execPath, ['-e', '0']),
      version: () => runProgram('gst-launch-1.0', ['--version']),
      launchCopied: launch(remuxer),
      copied: () => toPlaying(stage, source, remuxer(), parts),
      launchEncoded: launch(converter),
      encoded: () => toPlaying(stage, source, converter()),
    });
    if ((await scanned()) !== before) throw new Error('the plugins were scanned');
    const ms = (samples: number[]) => samples.map((seconds) => seconds * 1000);
    return {
      title: 'Cold start',
      about: [
        'From exec of `serve transcode`, with an event waiting, to its pipeline in PLAYING: bundle, options of Node, compile cache and plugin registry as in the image. No plugin is scanned.',
        'Two pipelines: one that plays as soon as it has read its source (mp4 to Matroska, nothing encoded), for which the promise is; and one that must first load libav, with its 170 libraries, and fill the look-ahead of x264enc (decodebin to H.264 and AAC). gst-launch shows what each takes by itself.',
        'Server and first child start beside one another: the child is forked when settings and scratch are known, before the rest of the server is loaded. While the server checks the event and asks the storage, the child loads the plugins. The server speaks HTTP without fetch, and reads `serve transcode` without its reader of options: to load the two takes longer than to handle the event. The last part has the check of the graph beside two HEADs, and what the pipeline itself takes.',
      ].join(' '),
      rows: [
        { what: '`node -e 0`', unit: 'ms', samples: ms(walls(node)) },
        { what: '`gst-launch-1.0 --version`', unit: 'ms', samples: ms(walls(version)) },
        { what: 'nothing encoded: gst-launch on local files, to PLAYING', unit: 'ms', samples: ms(walls(launchCopied)) },
        { what: 'nothing encoded: ours, to PLAYING', unit: 'ms', samples: ms(walls(copied)) },
        { what: '… exec to listening', unit: 'ms', samples: parts.listening },
        { what: '… to the event being read and its origin checked', unit: 'ms', samples: parts.taken },
        { what: '… to PLAYING: graph and HEADs, preroll', unit: 'ms', samples: parts.playing },
        { what: 'H.264 and AAC: gst-launch on local files, to PLAYING', unit: 'ms', samples: ms(walls(launchEncoded)) },
        { what: 'H.264 and AAC: ours, to PLAYING', unit: 'ms', samples: ms(walls(encoded)) },
      ],
      checks: [
        {
          what: 'nothing encoded: ours to the sum of the two programs',
          value: least(walls(copied)) / (least(walls(node)) + least(walls(version))),
          unit: '×',
          bound: '≤',
          target: 4,
        },
      ],
    };
  },
});

/** Milliseconds. */
type Parts = Record<'listening' | 'taken' | 'playing', number[]>;

/** From exec to PLAYING; resolves when the job is done and the process gone. */
async function toPlaying(stage: Stage, source: Source, pipeline: string, parts?: Parts) {
  const served = await stage.transcode({ EXIT_WITH_PARENT: '' }); // as in the image
  const answered = post(served, stage.request(source, pipeline, 'out'));
  const listening = await served.logged('"listening"');
  const taken = await served.logged('run begins');
  const playing = await served.logged('pipeline plays');
  if ((await answered).status !== 204) throw new Error('the first job failed');
  await served.stop();
  parts?.listening.push(listening);
  parts?.taken.push(taken - listening);
  parts?.playing.push(playing - taken);
  return { wall: playing / 1000, cpu: 0 };
}
