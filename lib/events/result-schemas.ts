/** What each result holds. */
import * as z from 'zod/mini';
import type { FaultClass, FaultCode } from '../errors.ts';
import { amount, count, endpoint, job, name, place, some, source, text, transform } from './schema-parts.ts';
import type { Failed, Progress, ResultData, RunFacts, Skipped, Started, Succeeded } from './types.ts';

const run = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/));

const stream = z.object({
  kind: z.enum(['video', 'audio', 'subtitle', 'other']),
  codec: z.string(),
  width: z.optional(count),
  height: z.optional(count),
  framerate: text,
  channels: z.optional(count),
  rate: z.optional(count),
});
const media = z.object({
  container: text,
  duration: z.optional(amount),
  streams: z.array(stream),
  tags: z.optional(z.record(z.string(), z.string())),
});

/** What every result tells of its run. */
const facts = { transform, source, sinks: z.array(z.object({ name, endpoint, ...place })) };
const result = { job, run, ...facts };
export const runFactsSchema = z.object(facts) satisfies z.ZodMiniType<RunFacts>;

const started = z.object(result) satisfies z.ZodMiniType<Started>;

const progress = z.object({
  ...result,
  position: amount,
  duration: z.optional(amount),
  percent: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
  speed: z.optional(amount),
  bytesIn: count,
  bytesOut: count,
}) satisfies z.ZodMiniType<Progress>;

const succeeded = z.object({
  ...result,
  outputs: z.array(z.object({ name, ...place, etag: z.string(), size: count, contentType: z.string() })),
  media: z.optional(z.object({ input: z.optional(media), outputs: z.optional(z.record(z.string(), media)) })),
  timings: z.optional(
    z.object({
      queue: z.optional(amount),
      prepare: z.optional(amount),
      pipeline: z.optional(amount),
      upload: z.optional(amount),
      total: amount,
    }),
  ),
  skippedStreams: z.array(z.string()),
  reused: z.boolean(),
}) satisfies z.ZodMiniType<Succeeded>;

const failed = z.object({
  ...result,
  error: z.object({
    // any code: a recorder may be older than the transcode that it hears from
    code: some as unknown as z.ZodMiniType<FaultCode>,
    class: z.enum(['permanent', 'transient', 'busy', 'skipped', 'malformed'] satisfies FaultClass[]),
    message: z.string(),
    remedy: z.string(),
    element: text,
    debug: text,
  }),
}) satisfies z.ZodMiniType<Failed>;

const skipped = z.object({
  ...result,
  reason: z.enum(['superseded', 'gone', 'loop', 'cancelled']),
  message: z.string(),
}) satisfies z.ZodMiniType<Skipped>;

export const resultSchemas = { started, progress, retrying: failed, succeeded, failed, skipped } satisfies {
  [K in keyof ResultData]: z.ZodMiniType<ResultData[K]>;
};
