/**
 * `npm run bench`: what we cost beside plain GStreamer. Prints its tables as they come; a whole run writes
 * docs/performance.md.
 */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findMinio } from '../cli/dev/minio.ts';
import { clip } from './measures/clip.ts';
import { cold } from './measures/cold.ts';
import { dispatch } from './measures/dispatch.ts';
import { encode } from './measures/encode.ts';
import { memory } from './measures/memory.ts';
import { remux } from './measures/remux.ts';
import { telemetry } from './measures/telemetry.ts';
import { loadNow, pageOf, sectionText } from './page.ts';
import { buildProgram, top } from './places.ts';
import type { Section } from './samples.ts';
import { startStage } from './stage.ts';

const usage = `usage: npm run bench -- [--rounds N] [--only NAME]… [--output FILE]

  --rounds N     how often contenders take turns (default 7)
  --only NAME    encode, remux, clip, cold, memory, dispatch or telemetry; prints, and writes no page
  --output FILE  where the page of a whole run goes (default docs/performance.md)`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', multiple: true, default: [] },
    output: { type: 'string', default: join(top, 'docs/performance.md') },
    help: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (values.help || !Number.isInteger(rounds) || rounds < 1) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}

const load = loadNow();
const program = await buildProgram();
const stage = await startStage(program);
const cleanUp = async () => {
  await stage.close();
  await program.remove();
};
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(status)));
try {
  const all = [encode(stage), remux(stage), clip(stage), cold(stage), memory(stage), dispatch(stage), telemetry()];
  const chosen = all.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  if (chosen.length === 0) throw new Error(`no measure ${values.only.join(', ')}\n${usage}`);
  const sections: Section[] = [];
  for (const measure of chosen) {
    const section = await measure.run(rounds);
    sections.push(section);
    console.log(`${sectionText(section)}\n`);
  }
  if (values.only.length === 0) {
    const versionOf = (command: string) => execFileSync(command, ['--version'], { encoding: 'utf8' }).trim();
    const gstreamer = versionOf('gst-launch-1.0').split('\n')[1] ?? '';
    const minio =
      versionOf(findMinio())
        .split('\n')[0]
        ?.replace(/ \(.*$/, '')
        .replace(/^minio version/, 'MinIO') ?? '';
    await writeFile(values.output, pageOf({ rounds, gstreamer, minio, load, sections }));
    console.log(`written: ${values.output}`);
  }
} finally {
  await cleanUp();
}
