/** A function that runs for one event and ends, as a JobSink starts it: the same app, without a socket. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../errors.ts';
import { onceSettings } from './common-settings.ts';
import { type EndSignals, endSignals, type RunOptions } from './end-signals.ts';
import { runtimeSettings } from './runtime-settings.ts';
import { readSettings, settingsFault } from './settings.ts';
import { startTelemetry } from './start-telemetry.ts';
import type { FunctionModule, RunningFunction } from './types.ts';

/** How long work that was told to stop may take to answer, in milliseconds. */
const stopTime = 5_000;

/**
 * Handles the event in `K_EVENT_PATH` as if it had been posted. SIGTERM, SIGINT and `signal` do what they do to a served
 * function: what is in hand may go on for DRAIN_SECONDS; a second one cuts that.
 *
 * @returns the exit status: 0 for what is done, and for what was told to have failed for good; 2 for what will never do,
 *   and could not be told; 1 for what may succeed when it is tried again
 * @throws Fault SETTINGS_INVALID
 */
export async function runOnce(module: FunctionModule, env: NodeJS.ProcessEnv, { signal }: RunOptions = {}): Promise<0 | 1 | 2> {
  const { drainSeconds } = await runtimeSettings(module, env);
  const event = await readEvent(readSettings(onceSettings, env).eventPath ?? '');
  // before anything is begun: a signal that comes meanwhile ends it in order too
  const stop = endSignals(env, signal);
  let stopTelemetry = async () => {};
  try {
    stopTelemetry = await startTelemetry(module.name, env);
    return await handled(await module.start(env), event, stop, drainSeconds);
  } finally {
    stop.release();
    await stopTelemetry();
  }
}

async function handled(
  running: RunningFunction,
  event: Buffer<ArrayBuffer>,
  stop: EndSignals,
  drainSeconds: number,
): Promise<0 | 1 | 2> {
  const ended = new AbortController();
  void stop.first.then(() => drain(running, drainSeconds, AbortSignal.any([ended.signal, stop.hasty])));
  try {
    const headers = { 'content-type': 'application/cloudevents+json' };
    const posted = new Request('http://function/', { method: 'POST', headers, body: event });
    const answer = Promise.resolve(running.app.fetch(posted));
    const status = await Promise.race([answer.then((response) => response.status), outOfTime(running, ended.signal)]);
    running.log.info({ status }, 'event answered');
    return exitStatus(status);
  } finally {
    ended.abort();
    await running.close();
  }
}

async function readEvent(folder: string): Promise<Buffer<ArrayBuffer>> {
  return readFile(join(folder, 'event')).catch((error: Error) => {
    throw settingsFault([`K_EVENT_PATH holds no event that can be read: ${error.message}`]);
  });
}

async function drain({ lifecycle, log }: RunningFunction, seconds: number, hurry: AbortSignal): Promise<void> {
  lifecycle.drain();
  log.info('draining');
  await sleep(seconds * 1000, undefined, { signal: hurry }).catch(() => {});
  lifecycle.abort(new Fault('SHUTTING_DOWN'));
}

/** Work that does not stop when it is told to must not hold up the end. */
async function outOfTime({ lifecycle }: RunningFunction, ended: AbortSignal): Promise<number> {
  const told = Promise.withResolvers<void>();
  lifecycle.signal.addEventListener('abort', () => told.resolve(), { once: true });
  await told.promise;
  await sleep(stopTime, undefined, { signal: ended }).catch(() => {});
  return 503;
}

function exitStatus(answer: number): 0 | 1 | 2 {
  if (answer < 300 || answer === 422) return 0;
  return answer >= 500 || answer === 429 ? 1 : 2;
}
