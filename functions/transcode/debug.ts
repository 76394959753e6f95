/** Keeps pictures and log of a run beside the media, in the source bucket under `<dot.path>/<base>_debug/`, as the seed did. */
import type { Logger } from 'pino';
import type { Requested } from '../../lib/events/types.ts';
import type { DotSnapshot } from '../../lib/gst/types.ts';
import type { ObjectStore } from '../../lib/storage/types.ts';
import { debugFolder, guessContentType } from '../../lib/transform/index.ts';

/** Most of GStreamer's log that is kept of one run, in bytes: the end of it, which tells why. */
const logBytes = 4 * 1024 * 1024;

export interface DebugKeeper {
  onDot(snapshot: DotSnapshot): void;
  onLog(lines: string): void;
  /** Uploads the log, and waits for the pictures. A failure is logged: debugging never fails a job. */
  settled(): Promise<void>;
}

export function createDebugKeeper(request: Requested, run: string, store: ObjectStore, log: Logger): DebugKeeper {
  const { debug } = request.pipeline;
  const dot = debug?.dot;
  const { bucket, key: sourceKey } = request.source;
  const folder = debugFolder(dot?.path, sourceKey);
  let last: Promise<void> = Promise.resolve();
  let lines = '';
  let cut = false;

  const put = (name: string, body: string | Uint8Array) => {
    const key = folder + name;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return store.put(bucket, key, bytes, {
      contentType: guessContentType(key),
      metadata: { 'gst-job': request.job, 'gst-debug': run },
    });
  };
  const later = (what: () => Promise<void>) => {
    last = last.then(what).catch((error: unknown) => log.warn({ err: error }, 'debug output not kept'));
  };

  return {
    onDot({ dot: text, reason, at }) {
      if (dot === undefined) return;
      // "else only the latest is kept": the same name again
      const name = dot.timestamped ? `${at.toISOString().replace(/[:.]/g, '-')}_${reason}` : 'pipeline';
      later(async () => {
        await put(`${name}.dot`, text);
        if (!dot.render) return;
        const { renderDot } = await import('../../lib/graph/render.ts'); // two megabytes of WebAssembly
        await put(`${name}.${dot.render}`, await renderDot(text, dot.render));
      });
    },
    onLog(more) {
      lines += more;
      if (lines.length > logBytes) {
        lines = lines.slice(lines.indexOf('\n', lines.length - logBytes) + 1);
        cut = true;
      }
    },
    async settled() {
      if (lines !== '')
        later(async () => void (await put('gstreamer.log', cut ? `… (earlier lines were cut)\n${lines}` : lines)));
      await last;
    },
  };
}
