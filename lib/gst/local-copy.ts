/**
 * A copy of a small source in scratch. A file gives its first buffer a time, without which a muxer takes no single picture; and
 * there are elements that read from a file alone.
 */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { clock } from '../clock.ts';
import { Fault, type FaultCode } from '../errors.ts';
import type { ReadAccess } from '../storage/types.ts';
import { sourceReader } from './source-reader.ts';
import type { Engine, RunObserver, RunRequest } from './types.ts';

/** Largest source that is copied, in bytes. */
const maxBytes = 64 * 1024 * 1024;
/** A run that took longer is not made again, in milliseconds. */
const maxRun = 60_000;
const pieceBytes = 4 * 1024 * 1024;
/** Ends that a copy may spare. */
const worthIt: ReadonlySet<FaultCode> = new Set(['MEDIA_CORRUPT', 'MEDIA_NO_FRAMES', 'ELEMENT_FAILED']);

/** Runs it, and where that fails by what a copy of the source may spare, runs it once more over a copy. */
export const orOverCopy =
  (run: Engine['run']): Engine['run'] =>
  async (request, observer, signal) => {
    const begun = clock();
    let skipped = false;
    const watcher: RunObserver = {
      ...observer,
      onPlaying(choice) {
        skipped = choice.skippedOutputs.length > 0;
        observer.onPlaying?.(choice);
      },
    };
    try {
      return await run(request, watcher, signal);
    } catch (error) {
      const soon = clock() - begun <= maxRun;
      if (!soon || skipped || !worthIt.has(Fault.from(error).code) || !canCopy(request)) throw error;
      // what is wrong with the reading itself, the run has told already
      const source = await localCopy(request, signal).catch(() => undefined);
      if (source === undefined) throw error;
      return await run({ ...request, source }, observer, signal);
    }
  };

/** A folder would keep the files of the run that failed. */
const canCopy = ({ source, sourceSize, outputs }: RunRequest) =>
  source.kind === 'http' && sourceSize <= maxBytes && !outputs.some(({ path }) => path.endsWith('/'));

/** @throws where the source cannot be read, its place is taken, or scratch is full */
async function localCopy({ source, sourceSize, scratch }: RunRequest, signal: AbortSignal): Promise<ReadAccess> {
  const path = join(scratch, '.source');
  // the run that failed could write here: what it may have put in this place, a link above all, is not written to
  const file = await open(path, 'wx');
  const reader = await sourceReader(source, signal).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  try {
    for (let at = 0; at < sourceSize; at += pieceBytes) {
      await file.appendFile(await reader.readAt(at, Math.min(pieceBytes, sourceSize - at)));
    }
  } finally {
    await Promise.all([file.close(), reader.close()]);
  }
  return { kind: 'file', path };
}
