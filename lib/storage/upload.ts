/** One output on its way: sent while it grows, put right when it is whole, visible all at once or never. */
import { Fault } from '../errors.ts';
import { storageFault } from './faults.ts';
import { digestOf, sizeOf } from './file-range.ts';
import { eachLimited, takeTurns } from './limited.ts';
import { objectHeaders } from './metadata.ts';
import { abortUpload, completeUpload, initiate, type SentPart, sendPart, sendRange, type Target } from './multipart.ts';
import { firstPartSize, maxObjectSize, type Part, partsOf } from './part-plan.ts';
import { throwIfAborted } from './retry.ts';
import { sendWhileGrowing } from './tail.ts';
import type { StoredObject, Upload, WriteOptions } from './types.ts';

/** Told of an upload that could not be aborted; it stays until `abortStale` or the server's own limit finds it. */
export type OnLeftover = (fault: Fault, upload: { bucket: string; key: string; uploadId: string }) => void;

export function createUpload(target: Target, path: string, options: WriteOptions, onLeftover: OnLeftover): Upload {
  const { settings, endpoint } = target.connection;
  const { bucket, key } = target;
  const stopTail = new AbortController();
  const aborting = new AbortController();
  const sent = new Map<number, SentPart>();
  /** By number: parts that are being sent, or wait for their turn. */
  const inFlight = new Map<number, Promise<void>>();
  const inTurn = takeTurns(settings.partsInFlight);
  let bytesSent = 0;
  let upload: Promise<string> | undefined;
  let tail: Promise<void> | undefined;
  let whole: number | undefined;
  let stored: StoredObject | undefined;
  let aborted: Promise<void> | undefined;

  const onBytes = (count: number) => {
    bytesSent += count;
  };
  const uploadId = async (): Promise<string> => {
    throwIfAborted(aborting.signal); // begun after `abort` has looked, it would stay
    upload ??= initiate(target, objectHeaders(key, options)).catch((error: unknown) => {
      upload = undefined; // the next part tries again
      throw error;
    });
    return upload;
  };
  const send = (part: Part, signal: AbortSignal): Promise<void> => {
    const sending = inTurn(async () => {
      const id = await uploadId();
      sent.delete(part.number);
      sent.set(part.number, await sendPart(target, { id, path, part }, onBytes, signal));
    }).finally(() => inFlight.delete(part.number));
    inFlight.set(part.number, sending);
    return sending;
  };
  /** Of parts that were begun while the file grew: those that did not arrive, or are no longer what was sent of them. */
  const unlikeFile = async (begun: Part[], signal: AbortSignal): Promise<Part[]> => {
    const unlike: Part[] = [];
    await eachLimited(begun, settings.partsInFlight, async (part) => {
      await inFlight.get(part.number)?.catch(() => {});
      throwIfAborted(signal);
      const there = sent.get(part.number);
      // muxers go back, and the file may have been begun anew
      const same = there?.length === part.length && there.digest === (await digestOf(path, part)).toString('base64');
      if (!same) unlike.push(part);
    });
    return unlike;
  };
  const during = (signal?: AbortSignal) => (signal ? AbortSignal.any([aborting.signal, signal]) : aborting.signal);

  /** Runs a step that ends when its signal does, with the reason of the signal, and fails with nothing but a Fault. */
  const step = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      throwIfAborted(signal);
      return await work();
    } catch (error) {
      throwIfAborted(signal);
      throw storageFault(error, { address: endpoint.address, bucket, key }, {});
    }
  };

  return {
    get bytesSent() {
      return bytesSent;
    },
    begin() {
      const sender = {
        // a server may take as long for it as the first parts take to be written
        open: () => void uploadId().catch(() => {}),
        send: (part: Part) => send(part, aborting.signal),
      };
      tail ??= sendWhileGrowing(path, sender, settings, stopTail.signal);
    },
    async finish(signal) {
      stopTail.abort();
      const ending = during(signal);
      await step(ending, async () => {
        const size = await sizeOf(path);
        if (size === 0) throw new Fault('OUTPUT_EMPTY', { key });
        if (size > maxObjectSize) throw new Fault('OUTPUT_TOO_LARGE', { limit: maxObjectSize });
        objectHeaders(key, options); // refused now rather than at the very end
        if (upload || size > firstPartSize) {
          const parts = partsOf(size);
          const isBegun = ({ number }: Part) => sent.has(number) || inFlight.has(number);
          const [begun, rest] = [parts.filter(isBegun), parts.filter((part) => !isBegun(part))];
          const [unlike] = await Promise.all([
            unlikeFile(begun, ending),
            eachLimited(rest, settings.partsInFlight, (part) => send(part, ending)),
          ]);
          await eachLimited(unlike, settings.partsInFlight, (part) => send(part, ending));
        }
        whole = size;
      });
    },
    async complete(signal) {
      if (stored) return stored;
      const size = whole;
      if (size === undefined) throw new Fault('INTERNAL', { cause: 'an upload was completed before it was finished' });
      const ending = during(signal);
      stored = await step(ending, async () => {
        if (upload) {
          const parts = partsOf(size).map(({ number }) => sent.get(number) as SentPart);
          return completeUpload(target, await upload, parts, ending);
        }
        const headers = objectHeaders(key, options);
        const { etag, versionId } = await sendRange(
          target,
          { path, range: { start: 0, length: size }, headers },
          onBytes,
          ending,
        );
        return { etag, size, versionId };
      });
      return stored;
    },
    abort() {
      aborted ??= (async () => {
        if (stored) return;
        stopTail.abort();
        aborting.abort(new Fault('CANCELLED', { cause: 'the upload was aborted' }));
        await tail;
        const id = await upload?.catch(() => undefined);
        if (id === undefined) return;
        await abortUpload(target, id).catch((error: unknown) => onLeftover(Fault.from(error), { bucket, key, uploadId: id }));
      })();
      return aborted;
    },
  };
}
