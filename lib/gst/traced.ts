/** The spans of a run: the pipeline, and beside it the reading of the source, which may end long before. */
import { AsyncResource } from 'node:async_hooks';
import { Fault } from '../errors.ts';
import { endSpan, inSpan, objectAttributes, startSpan } from '../telemetry/index.ts';
import type { RunObserver, RunRequest } from './types.ts';

/** Runs `work`, which plays the request, in its spans. */
export function traced<T>(request: RunRequest, observer: RunObserver, work: (watched: RunObserver) => Promise<T>): Promise<T> {
  return inSpan('pipeline', {}, async () => {
    const read = startRead(request);
    const onProgress: RunObserver['onProgress'] = (progress) => {
      read.onBytes(progress.bytesIn);
      observer.onProgress?.(progress);
    };
    try {
      const done = await work(ofThisRun({ ...observer, onProgress }));
      read.end();
      return done;
    } catch (error) {
      read.end(error);
      throw error;
    }
  });
}

/** Begins the span of the reading. It ends when all was read, or with the pipeline. */
function startRead({ source, sourceSize, object }: RunRequest) {
  const span = startSpan('read', {
    attributes: { ...(object && objectAttributes(object)), ...placeOf(source), 'gst.input.size': sourceSize },
  });
  let readAt: number | undefined;
  return {
    onBytes(bytes: number) {
      if (bytes >= sourceSize) readAt ??= Date.now();
    },
    end(error?: unknown) {
      const blamed = error !== undefined && /^(SOURCE|STORAGE)_/.test(Fault.from(error).code);
      endSpan(span, blamed ? error : undefined, readAt);
    },
  };
}

/** Host and port, never the address: it grants access. */
function placeOf(source: RunRequest['source']) {
  if (source.kind === 'file') return {};
  const { hostname, port, protocol } = new URL(source.url);
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** What a child reports arrives in the context in which that child was begun: for a spare, before this run. */
function ofThisRun(observer: RunObserver): RunObserver {
  const bound = Object.entries(observer).map(([name, call]) => [name, call && AsyncResource.bind(call)]);
  return Object.fromEntries(bound);
}
