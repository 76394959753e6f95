/** What `requested` holds. */
import * as z from 'zod/mini';
import { amount, count, endpoint, job, name, place, source, text, transform } from './schema-parts.ts';
import { longestChain, type Requested } from './types.ts';

const element = z.object({
  name: text,
  alias: text,
  properties: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  goto: text,
  linkto: text,
});

const debug = z.object({
  logLevel: z.optional(count),
  dot: z.optional(
    z.object({
      path: z.string(),
      render: z.optional(z.enum(['png', 'svg', 'jpg'])),
      timestamped: z.optional(z.boolean()),
      interval: z.number().check(z.positive()),
    }),
  ),
});

export const requestedSchema = z.object({
  job,
  transform,
  chain: z.array(z.string()).check(z.maxLength(longestChain)),
  source,
  sinks: z
    .array(
      z.object({
        endpoint,
        ...place,
        name,
        contentType: text,
        metadata: z.optional(z.record(z.string(), z.string())),
        cacheControl: text,
        overwrite: z.boolean(),
      }),
    )
    .check(z.minLength(1)),
  pipeline: z.object({
    elements: z.array(element).check(z.minLength(1)),
    onMissingStream: z.enum(['skip', 'fail']),
    limits: z.object({ timeout: amount, stall: amount, inputBytes: count, outputBytes: count }),
    debug: z.optional(debug),
  }),
}) satisfies z.ZodMiniType<Requested>;
