/** What each result holds. */
import type { FaultClass, FaultCode } from '../errors.ts';
import { amount, count, endpoint, job, name, place, some, source, transform } from './schema-parts.ts';
import { list, number, object, oneOf, type Shape, table, text, truth } from './shape.ts';
import type { Failed, Progress, ResultData, RunFacts, Skipped, Started, Succeeded } from './types.ts';

/** A ULID of before the year 9774: records hold times of four-digit years only. */
const run = text({ pattern: '^[0-6][0-9A-HJKMNP-TV-Z]{25}$' });

const stream = object(
  { kind: oneOf('video', 'audio', 'subtitle', 'other'), codec: text() },
  { width: count, height: count, framerate: text(), channels: count, rate: count },
);
const media = object({ streams: list(stream) }, { container: text(), duration: amount, tags: table(text()) });

/** What every result tells of its run. */
const facts = { transform, source, sinks: list(object({ name, endpoint, ...place })) };
const result = { job, run, ...facts };
export const runFactsSchema = object(facts) satisfies Shape<RunFacts>;

const started = object(result) satisfies Shape<Started>;

const progress = object(
  { ...result, position: amount, bytesIn: count, bytesOut: count },
  { duration: amount, percent: number({ minimum: 0, maximum: 100 }), speed: amount },
) satisfies Shape<Progress>;

const succeeded = object(
  {
    ...result,
    outputs: list(object({ name, ...place, etag: text(), size: count, contentType: text() })),
    skippedStreams: list(text()),
    reused: truth,
  },
  {
    media: object({}, { input: media, outputs: table(media) }),
    timings: object({ total: amount }, { queue: amount, prepare: amount, pipeline: amount, upload: amount }),
  },
) satisfies Shape<Succeeded>;

const error = object(
  {
    // any code: a recorder may be older than the transcode that it hears from
    code: some as unknown as Shape<FaultCode>,
    class: oneOf<FaultClass>('permanent', 'transient', 'busy', 'skipped', 'malformed'),
    message: text(),
    remedy: text(),
  },
  { element: text(), debug: text() },
);
const failed = object({ ...result, error }) satisfies Shape<Failed>;

const reason = oneOf('superseded', 'gone', 'loop', 'cancelled');
const skipped = object({ ...result, reason, message: text() }) satisfies Shape<Skipped>;

export const resultSchemas = { started, progress, retrying: failed, succeeded, failed, skipped } satisfies {
  [K in keyof ResultData]: Shape<ResultData[K]>;
};
