/**
 * What the data of each event holds, as schemas that are checked at run time and published as JSON Schema
 * (docs/schema/events). The compiler holds them to types.ts.
 */
import * as z from 'zod';
import type { FaultClass, FaultCode } from '../errors.ts';
import type { Failed, Progress, Requested, ResultData, RunFacts, Skipped, Started, Succeeded } from './types.ts';

/** `dataschema` of the events with this data; also the `$id` of docs/schema/events/<name>.json. */
export function schemaUri(name: string): string {
  return `urn:gst-functions:events:${name}:v1`;
}

/** Longest chain of Transforms that is followed; a longer one is taken for a loop. */
export const longestChain = 16;

const count = z.int().min(0);
const amount = z.number().min(0);
const name = z.string().min(1).max(253);

/** A job's name is also that of a resource, and of a file. */
const job = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)
  .refine((value) => !value.includes('..'));
const run = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/);

// as Kubernetes allows them: they are parts of paths as well
const namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const transform = z.object({ kind: z.enum(['Transform', 'SplitTransform']), namespace, name: job });

const endpoint = z.object({
  address: z.string().min(1),
  tls: z.boolean(),
  ca: z.string().optional(),
  skipVerify: z.boolean().optional(),
  region: z.string(),
  credentialsSecret: z.string(),
});
const place = { bucket: z.string().min(1), key: z.string().min(1) };

const element = z.object({
  name: z.string().optional(),
  alias: z.string().optional(),
  properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  goto: z.string().optional(),
  linkto: z.string().optional(),
});

const debug = z.object({
  logLevel: count.optional(),
  dot: z
    .object({
      path: z.string(),
      render: z.enum(['png', 'svg', 'jpg']).optional(),
      timestamped: z.boolean().optional(),
      interval: z.number().positive(),
    })
    .optional(),
});

const source = z.object({
  endpoint,
  ...place,
  etag: z.string().min(1),
  size: count,
  versionId: z.string().optional(),
  contentType: z.string().optional(),
  eventTime: z.string(),
});

export const requestedSchema = z.object({
  job,
  transform,
  chain: z.array(z.string()).max(longestChain),
  source,
  sinks: z
    .array(
      z.object({
        endpoint,
        ...place,
        name,
        contentType: z.string().optional(),
        metadata: z.record(z.string(), z.string()).optional(),
        cacheControl: z.string().optional(),
        overwrite: z.boolean(),
      }),
    )
    .min(1),
  pipeline: z.object({
    elements: z.array(element).min(1),
    onMissingStream: z.enum(['skip', 'fail']),
    limits: z.object({ timeout: amount, stall: amount, inputBytes: count, outputBytes: count }),
    debug: debug.optional(),
  }),
}) satisfies z.ZodType<Requested>;

const stream = z.object({
  kind: z.enum(['video', 'audio', 'subtitle', 'other']),
  codec: z.string(),
  width: count.optional(),
  height: count.optional(),
  framerate: z.string().optional(),
  channels: count.optional(),
  rate: count.optional(),
});
const media = z.object({
  container: z.string().optional(),
  duration: amount.optional(),
  streams: z.array(stream),
  tags: z.record(z.string(), z.string()).optional(),
});

/** What every result tells of its run. */
const facts = { transform, source, sinks: z.array(z.object({ name, endpoint, ...place })) };
const result = { job, run, ...facts };
export const runFactsSchema = z.object(facts) satisfies z.ZodType<RunFacts>;

const started = z.object(result) satisfies z.ZodType<Started>;

const progress = z.object({
  ...result,
  position: amount,
  duration: amount.optional(),
  percent: z.number().min(0).max(100).optional(),
  speed: amount.optional(),
  bytesIn: count,
  bytesOut: count,
}) satisfies z.ZodType<Progress>;

const succeeded = z.object({
  ...result,
  outputs: z.array(z.object({ name, ...place, etag: z.string(), size: count, contentType: z.string() })),
  media: z.object({ input: media.optional(), outputs: z.record(z.string(), media).optional() }).optional(),
  timings: z
    .object({
      queue: amount.optional(),
      prepare: amount.optional(),
      pipeline: amount.optional(),
      upload: amount.optional(),
      total: amount,
    })
    .optional(),
  skippedStreams: z.array(z.string()),
  reused: z.boolean(),
}) satisfies z.ZodType<Succeeded>;

const failed = z.object({
  ...result,
  error: z.object({
    // any code: a recorder may be older than the transcode that it hears from
    code: z.string().min(1) as unknown as z.ZodType<FaultCode>,
    class: z.enum(['permanent', 'transient', 'busy', 'skipped', 'malformed'] satisfies FaultClass[]),
    message: z.string(),
    remedy: z.string(),
    element: z.string().optional(),
    debug: z.string().optional(),
  }),
}) satisfies z.ZodType<Failed>;

const skipped = z.object({
  ...result,
  reason: z.enum(['superseded', 'gone', 'loop', 'cancelled']),
  message: z.string(),
}) satisfies z.ZodType<Skipped>;

export const resultSchemas = { started, progress, retrying: failed, succeeded, failed, skipped } satisfies {
  [K in keyof ResultData]: z.ZodType<ResultData[K]>;
};

const object = z.object({
  Records: z
    .array(
      z.object({
        eventVersion: z.string(),
        eventSource: z.string(),
        awsRegion: z.string(),
        eventTime: z.iso.datetime(),
        eventName: z.string().startsWith('s3:ObjectCreated:'),
        s3: z.object({
          bucket: z.object({ name: z.string().min(1) }),
          object: z.object({
            key: z.string().min(1),
            size: count,
            eTag: z.string().optional(),
            contentType: z.string().optional(),
            versionId: z.string().optional(),
            sequencer: z.string().optional(),
            userMetadata: z.record(z.string(), z.string()),
          }),
        }),
      }),
    )
    .length(1),
});

const published = {
  object: [object, 'An object has new content, as an S3 record; its key is form-urlencoded'],
  requested: [requestedSchema, 'One Transform is to run over one object; sizes in bytes, times in seconds'],
  started: [started, 'A run has begun'],
  progress: [progress, 'How far a run is; position and duration in seconds, speed in media seconds a second'],
  retrying: [failed, 'A run ended by something that a later one may not meet'],
  succeeded: [succeeded, 'The outputs are there; timings in seconds'],
  failed: [failed, 'A run ended by something that every later one would meet'],
  skipped: [skipped, 'There was nothing to do, and that is right'],
} as const;

export type SchemaName = keyof typeof published;
export const schemaNames = Object.keys(published) as SchemaName[];

/** One line each on what the events tell. */
export const schemaTitles = Object.fromEntries(schemaNames.map((name) => [name, published[name][1]])) as Record<
  SchemaName,
  string
>;

/** JSON Schema (2020-12) of the data of these events. */
export function eventSchema(name: SchemaName): Record<string, unknown> {
  const [schema, title] = published[name];
  // receivers take more than is described: a later version may add fields
  return { $id: schemaUri(name), title, ...z.toJSONSchema(schema, { io: 'input' }) };
}
