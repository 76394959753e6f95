/** What `requested` holds. */
import { amount, count, endpoint, job, name, place, source, transform } from './schema-parts.ts';
import { either, list, number, object, oneOf, type Shape, table, text, truth } from './shape.ts';
import { longestChain, type Requested } from './types.ts';

const element = object(
  {},
  { name: text(), alias: text(), properties: table(either(text(), number(), truth)), goto: text(), linkto: text() },
);

const dot = object(
  { path: text(), interval: number({ exclusiveMinimum: 0 }) },
  { render: oneOf('png', 'svg', 'jpg'), timestamped: truth },
);

export const requestedSchema = object({
  job,
  transform,
  chain: list(text(), { maxItems: longestChain }),
  source,
  sinks: list(
    object(
      { endpoint, ...place, name, overwrite: truth },
      { contentType: text(), metadata: table(text()), cacheControl: text() },
    ),
    { minItems: 1 },
  ),
  pipeline: object(
    {
      elements: list(element, { minItems: 1 }),
      onMissingStream: oneOf('skip', 'fail'),
      limits: object({ timeout: amount, stall: amount, inputBytes: count, outputBytes: count }),
    },
    { debug: object({}, { logLevel: count, dot }) },
  ),
}) satisfies Shape<Requested>;
