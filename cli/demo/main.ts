/**
 * `npm run demo`: the whole system over one clip. Starts all of it, uploads a clip of its own, shows what happens, and looks
 * at what came out. Exit status 0 only where that is right; 130 (143 by SIGTERM) where it was ended before. With `--keep` all
 * stays up, for files of one's own.
 */
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Succeeded } from '../../lib/events/types.ts';
import { createFileJobStore } from '../../lib/jobs/index.ts';
import { createLog } from '../../lib/runtime/index.ts';
import { type Connection, connect } from '../../lib/storage/index.ts';
import { describe } from '../dev/command.ts';
import { type Dev, startDev } from '../dev/dev.ts';
import { endSignals } from '../dev/end-signals.ts';
import { createScreen } from '../dev/screen.ts';
import { exitCode, printFault, statusOfSignal, UsageError } from '../exit.ts';
import { checkOutput } from './check.ts';
import { clip, makeClip } from './clip.ts';
import { report } from './report.ts';
import { watchStages } from './stages.ts';
import { decode } from './verify.ts';

const help = `npm run demo            a clip goes in, an MP4 comes out, a table says how
npm run demo -- --keep  the same, and leaves all of it running, for files of your own, until Ctrl-C
`;

/** The sample names a MinIO in a cluster; here it is the one that is started. */
const sampleEndpoint = 'minio.default.svc.cluster.local:9000';
const namespace = 'default'; // of the sample
const bucket = 'gst-processing';
const jobTimeout = 120_000; // ms from the upload to the end of the job
const recordTimeout = 10_000; // ms from the end of the job to its record
const keptLines = 40; // lines of the functions' logs that are shown where something went wrong

const say = (stage: string, text: string) => process.stdout.write(`  ${stage.padEnd(12)}${text}\n`);

async function demo(keep: boolean): Promise<void> {
  const folder = join(tmpdir(), `gst-functions-demo-${process.getuid?.() ?? 0}`);
  await mkdir(folder, { recursive: true });
  const [input, output] = [join(folder, 'clip.mkv'), join(folder, 'clip.mp4')];
  await rm(output, { force: true });
  const ends = endSignals();
  const logs: string[] = [];
  const screen = createScreen({ write: (text) => void logs.splice(0, Math.max(0, logs.push(text) - keptLines)) }, false);
  let dev: Dev | undefined;
  let connection: Connection | undefined;
  try {
    say('start', 'MinIO, the functions, a local broker');
    const begun = performance.now();
    const starting = startDev({
      transforms: fileURLToPath(new URL('./transforms', import.meta.url)),
      aliases: [sampleEndpoint],
      log: createLog({ name: 'dev', level: 'warn', format: 'text' }),
      onLine: screen.line,
      signal: ends.signal,
    });
    const [started] = await Promise.allSettled([starting, makeClip(input)]);
    dev = await starting;
    if (started.status === 'fulfilled') say('ready', `${seconds(begun)} s`);
    ends.onHaste(() => void dev?.close(0));
    connection = connect({ address: dev.minio.endpoint, tls: false, region: 'us-east-1', credentialsSecret: '' }, dev.minio);

    const stages = watchStages(say);
    dev.broker.onEvent(stages.onEvent);
    const uploaded = performance.now();
    await connection.call({ bucket, key: 'drop/clip.mkv' }, (client) => client.fPutObject(bucket, 'drop/clip.mkv', input));
    say('upload', `${bucket}/drop/clip.mkv`);
    const result = await inTime(stages.done, jobTimeout, ends.signal);
    const total = (performance.now() - uploaded) / 1000;
    await recorded(dev, result);
    await fetchOutput(connection, result, output);
    const decoded = await decode(output);
    checkOutput(decoded, clip.seconds);
    process.stdout.write(`\n${report({ input, output, result, decoded, stages: stages.times, total, dev, keep })}\n`);
    if (!keep) return;
    process.stdout.write(`\nAll of it stays up.\n${describe(dev)}\n`);
    await ends.first;
  } catch (error) {
    if (ends.by) {
      process.stderr.write('ended before the output was there\n');
      process.exitCode = statusOfSignal[ends.by];
      return;
    }
    if (logs.length > 0) process.stderr.write(`\nlast words of the functions:\n${logs.join('')}\n`);
    throw error;
  } finally {
    connection?.close();
    await dev?.close(keep ? undefined : 0);
    ends.release();
  }
}

/** Resolves when the record of the job says that it has ended; the recorder is the last to hear of it. */
async function recorded({ place }: Dev, { job }: Succeeded): Promise<void> {
  const records = await createFileJobStore(place.jobsDir);
  const deadline = performance.now() + recordTimeout;
  for (;;) {
    const record = await records.get(namespace, job);
    if (record?.status?.state === 'Finished') return;
    if (performance.now() > deadline) throw new Error(`no record in ${place.jobsDir} says that ${job} has finished`);
    await sleep(50);
  }
}

async function fetchOutput(connection: Connection, { outputs: [stored] }: Succeeded, path: string): Promise<void> {
  if (!stored) throw new Error('the job has no output');
  await connection.call(stored, (client) => client.fGetObject(stored.bucket, stored.key, path));
}

async function inTime<T>(work: Promise<T>, timeout: number, signal: AbortSignal): Promise<T> {
  const late = new AbortController();
  const over = sleep(timeout, undefined, { signal: AbortSignal.any([signal, late.signal]) });
  try {
    return await Promise.race([
      work,
      over.then(() => {
        throw new Error(`the job has not ended after ${timeout / 1000} s`);
      }),
    ]);
  } finally {
    late.abort();
  }
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);

const options = { keep: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } } as const;

function readArguments() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${help.trimEnd()}`);
  }
}

try {
  const values = readArguments();
  if (values.help) process.stdout.write(help);
  else await demo(values.keep);
} catch (error) {
  printFault(error, false);
  process.exitCode = exitCode(error);
}
