/** `gst-functions run TRANSFORM INPUT`: what the system would do with an object, done with a file. */
import { relative } from 'node:path';
import pino from 'pino';
import { Fault } from '../lib/errors.ts';
import type { MediaFacts, StreamFacts } from '../lib/events/types.ts';
import { type EndSignal, statusOfSignal, UsageError } from './exit.ts';
import { createProgressBar } from './progress-bar.ts';
import { formatFinding, readTransform, yaml } from './read-transforms.ts';
import { type OnceResult, runOnce } from './run/once.ts';
import { formatBytes, formatTable } from './table.ts';

export interface RunOptions {
  output: string;
  name?: string;
  json?: boolean;
}

/** Exit status 130 (143) where a signal stopped it, with nothing left behind. */
export async function run(file: string, input: string, { output, name, json = false }: RunOptions): Promise<void> {
  if (output === '') throw new UsageError('--output names no folder: its name is empty');
  if (yaml.test(input) && !yaml.test(file)) throw new UsageError(`the Transform comes first: run ${input} ${file}`);
  const { transform, warnings } = await readTransform(file, name);
  const say = (line: string) => {
    if (!json) process.stderr.write(`${line}\n`);
  };
  for (const warning of warnings) say(formatFinding(warning));
  const interrupt = onSignal();
  const bar = json ? undefined : createProgressBar(process.stderr, `${transform.ref.name}  `);
  const log = pino({ level: 'warn' }, { write: (line: string) => say(readable(line)) });
  try {
    const result = await runOnce({
      transform,
      input,
      folder: output,
      log,
      signal: interrupt.signal,
      onProgress: (progress) => bar?.update(progress),
    });
    bar?.end();
    const text = json ? JSON.stringify({ transform: transform.ref, input, ...result, warnings }) : summary(result, process.cwd());
    process.stdout.write(`${text}\n`);
  } catch (error) {
    bar?.end();
    if (!interrupt.by) throw error;
    say('stopped; nothing was written');
    if (json) process.stdout.write(`${JSON.stringify({ error: { code: 'CANCELLED', message: 'stopped by a signal' } })}\n`);
    process.exitCode = statusOfSignal[interrupt.by];
  } finally {
    interrupt.release();
  }
}

/** The first signal stops the run in order; a second one ends the process at once, as it would without us. */
function onSignal() {
  const controller = new AbortController();
  const listen = (name: EndSignal) => () => {
    state.by = name;
    release();
    controller.abort(new Fault('CANCELLED', { cause: name }));
  };
  const listeners = { SIGINT: listen('SIGINT'), SIGTERM: listen('SIGTERM') };
  const release = () => {
    for (const [name, listener] of Object.entries(listeners)) process.removeListener(name, listener);
  };
  const state: { by?: EndSignal; signal: AbortSignal; release: () => void } = {
    signal: controller.signal,
    release,
  };
  for (const [name, listener] of Object.entries(listeners)) process.once(name as NodeJS.Signals, listener);
  return state;
}

function readable(line: string): string {
  const { msg, gst, err } = JSON.parse(line) as { msg: string; gst?: string; err?: { message: string } };
  return `warning: ${msg}: ${gst ?? err?.message ?? ''}`;
}

function summary({ outputs, media, timings, skippedStreams, skippedOutputs, debug }: OnceResult, folder: string): string {
  const place = (path: string) => relative(folder, path) + (path.endsWith('/') ? '/' : '');
  const rows = outputs.map(({ name, path, size, files }) => [
    place(path),
    files ? `${formatBytes(size)} in ${files.length} files` : formatBytes(size),
    streams(media?.outputs?.[name]),
  ]);
  const lines = [formatTable(rows, '')];
  if (skippedStreams.length > 0) {
    const found = media?.input?.streams.map(({ kind }) => kind).join(' and ') || 'no stream that is known';
    lines.push(`left out, for the input has ${found} only: the branch of ${skippedStreams.join(', of ')}`);
  }
  if (skippedOutputs.length > 0) lines.push(`not written, for nothing fed it: ${skippedOutputs.join(', ')}`);
  if (debug !== undefined) lines.push(`graphs and log: ${place(debug)}`);
  if (timings) lines.push(`done in ${timings.total.toFixed(1)} s`);
  return lines.join('\n');
}

function streams(media: MediaFacts | undefined): string {
  return media?.streams.map(describeStream).join(', ') ?? '';
}

function describeStream({ kind, codec, width, height, framerate, channels, rate }: StreamFacts): string {
  const facts = [
    width && height ? `${width}x${height}` : '',
    framerate ? `${framerate} fps` : '',
    rate ? `${rate} Hz` : '',
    channels ? `${channels} ch` : '',
  ];
  return [kind, codec, ...facts].filter((fact) => fact !== '').join(' ');
}
