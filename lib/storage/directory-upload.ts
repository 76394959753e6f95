/** The Upload of a directory store: a copy beside the place, then one move. */
import { rm } from 'node:fs/promises';
import { Fault } from '../errors.ts';
import type { Draft } from './drafts.ts';
import { throwIfAborted } from './retry.ts';
import type { StoredObject, Upload } from './types.ts';

export interface DirectorySteps {
  draft(onBytes: (count: number) => void, signal?: AbortSignal): Promise<Draft>;
  publish(draft: Draft): Promise<StoredObject>;
}

export function directoryUpload(steps: DirectorySteps): Upload {
  let bytesSent = 0;
  let draft: Draft | undefined;
  let stored: StoredObject | undefined;
  let working: Promise<unknown> = Promise.resolve();
  const aborting = new AbortController();

  const dropDraft = async () => {
    if (draft) await rm(draft.path, { force: true });
    draft = undefined;
  };
  return {
    get bytesSent() {
      return bytesSent;
    },
    begin() {}, // a copy at the end is as fast
    async finish(signal) {
      const ending = signal ? AbortSignal.any([aborting.signal, signal]) : aborting.signal;
      throwIfAborted(ending);
      await dropDraft();
      const onBytes = (count: number) => {
        bytesSent += count;
      };
      const work = steps.draft(onBytes, ending).then((made) => {
        draft = made;
      });
      working = work.catch(() => {}); // for `abort`, to which it is no failure
      await work.catch((error: unknown) => {
        throwIfAborted(ending);
        throw error;
      });
    },
    async complete(signal) {
      if (stored) return stored;
      throwIfAborted(signal);
      if (!draft) throw new Fault('INTERNAL', { cause: 'an upload was completed before it was finished' });
      stored = await steps.publish(draft);
      draft = undefined;
      return stored;
    },
    async abort() {
      aborting.abort(new Fault('CANCELLED', { cause: 'the upload was aborted' }));
      await working;
      await dropDraft();
    },
  };
}
