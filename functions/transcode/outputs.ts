/**
 * The outputs of one run: where the pipeline writes each, how it is uploaded while it grows, and the moment at which
 * all of them become visible. Nothing can be read before `complete`, and `abort` leaves nothing behind.
 */
import { join } from 'node:path';
import { type Context, context, type Span } from '@opentelemetry/api';
import type { SinkObject, StoredOutput } from '../../lib/events/types.ts';
import type { OutputTarget } from '../../lib/gst/types.ts';
import { uploadDirectory } from '../../lib/storage/index.ts';
import type { ObjectStore, WriteOptions } from '../../lib/storage/types.ts';
import { endSpan, objectAttributes, startSpan } from '../../lib/telemetry/index.ts';
import { guessContentType } from '../../lib/transform/index.ts';
import { isOfSameWork, type Marks } from './marks.ts';

export interface OutputSink {
  sink: SinkObject;
  store: ObjectStore;
}

/** One output from its first byte to its being visible. */
interface Output {
  begin(): void;
  finish(signal: AbortSignal): Promise<void>;
  complete(signal: AbortSignal): Promise<StoredOutput>;
  abort(): Promise<void>;
}

export interface Outputs {
  targets: OutputTarget[];
  /** Uploads begin for all but the `skipped` outputs, whose streams the input lacks. */
  begin(skipped: string[]): void;
  /** Everything is in the storage, nothing is visible yet. */
  finish(signal: AbortSignal): Promise<void>;
  /** Makes the outputs visible, one after the other. */
  complete(signal: AbortSignal): Promise<StoredOutput[]>;
  abort(): Promise<void>;
}

export const isDirectory = ({ key }: { key: string }): boolean => key.endsWith('/');

/** Gives each output a place in `scratch`; where that is a folder, it must be there before anything runs. */
export function createOutputs(sinks: OutputSink[], marks: Marks, scratch: string): Outputs {
  const around = context.active();
  const targets = sinks.map(({ sink }) => ({
    name: sink.name,
    path: join(scratch, isDirectory(sink) ? `${sink.name}/` : sink.name),
  }));
  let begun: Output[] | undefined;

  const others = (own: SinkObject) => sinks.map(({ sink }) => sink).filter((sink) => sink !== own && sink.bucket === own.bucket);
  const begin = (skipped: string[]): Output[] => {
    const written = sinks.filter(({ sink }) => !skipped.includes(sink.name));
    const all = skipped.length === 0 ? marks : { ...marks, 'gst-outputs': written.map(({ sink }) => sink.name).join(',') };
    const outputs = written.map((output) => {
      const path = join(scratch, isDirectory(output.sink) ? `${output.sink.name}/` : output.sink.name);
      return traced(
        isDirectory(output.sink) ? directoryOutput(output, path, all, others(output.sink)) : fileOutput(output, path, all),
        output.sink,
        around,
      );
    });
    for (const output of outputs) output.begin();
    return outputs;
  };

  return {
    targets,
    begin(skipped) {
      begun ??= begin(skipped);
    },
    async finish(signal) {
      begun ??= begin([]);
      await Promise.all(begun.map((output) => output.finish(signal)));
    },
    async complete(signal) {
      const stored: StoredOutput[] = [];
      for (const output of begun ?? []) stored.push(await output.complete(signal));
      return stored;
    },
    async abort() {
      await Promise.all((begun ?? []).map((output) => output.abort()));
    },
  };
}

/** The span of an upload goes from its first byte, while the pipeline still runs, to the moment at which it is visible. */
function traced(output: Output, sink: SinkObject, parent: Context): Output {
  let span: Span | undefined;
  const end = (error?: unknown) => {
    if (span) endSpan(span, error);
    span = undefined;
  };
  const failing = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      end(error);
      throw error;
    });
  return {
    begin() {
      span = startSpan('upload', { parent, attributes: { ...objectAttributes(sink), 'gst.sink': sink.name } });
      output.begin();
    },
    finish: (signal) => failing(output.finish(signal)),
    async complete(signal) {
      const stored = await failing(output.complete(signal));
      span?.setAttribute('gst.output.size', stored.size);
      end();
      return stored;
    },
    async abort() {
      span?.setAttribute('gst.aborted', true);
      end();
      await output.abort();
    },
  };
}

function writeOptions(sink: SinkObject, key: string, marks: Marks): WriteOptions {
  return {
    contentType: (isDirectory(sink) ? undefined : sink.contentType) ?? guessContentType(key),
    cacheControl: sink.cacheControl,
    metadata: { ...sink.metadata, ...marks },
  };
}

function fileOutput({ sink, store }: OutputSink, path: string, marks: Marks): Output {
  const options = writeOptions(sink, sink.key, marks);
  const upload = store.upload(sink.bucket, sink.key, path, options);
  return {
    begin: () => upload.begin(),
    finish: (signal) => upload.finish(signal),
    async complete(signal) {
      const { etag, size } = await upload.complete(signal);
      return { name: sink.name, bucket: sink.bucket, key: sink.key, etag, size, contentType: options.contentType };
    },
    abort: () => upload.abort(),
  };
}

/**
 * Files of a directory become visible in an order in which no playlist points to a missing file, so all is done at
 * the end. What an attempt that was killed has left of it goes too, but for what belongs to `others`.
 */
function directoryOutput({ sink, store }: OutputSink, path: string, marks: Marks, others: SinkObject[]): Output {
  const belongsTo = (key: string) => (other: SinkObject) =>
    isDirectory(other) ? other.key.length > sink.key.length && key.startsWith(other.key) : key === other.key;
  return {
    begin() {},
    async finish() {},
    async complete(signal) {
      const stored = await uploadDirectory(store, sink.bucket, sink.key, path, {
        job: marks['gst-job'],
        options: (key) => writeOptions(sink, key, marks),
        isOurs: (key, metadata) => isOfSameWork(metadata, marks) && !others.some(belongsTo(key)),
        signal,
      });
      return { name: sink.name, bucket: sink.bucket, key: sink.key, ...stored, contentType: 'application/json' };
    },
    async abort() {},
  };
}
