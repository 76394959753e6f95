/**
 * What the data of each event holds, as schemas that are checked at run time and published as JSON Schema
 * (docs/schema/events). The compiler holds them to types.ts.
 */
import { requestedSchema } from './requested-schema.ts';
import { resultSchemas } from './result-schemas.ts';
import { count, some } from './schema-parts.ts';
import { draft, list, object, table, text } from './shape.ts';
import { schemaUri } from './types.ts';

const record = object({
  eventVersion: text(),
  eventSource: text(),
  awsRegion: text(),
  eventTime: text({ format: 'date-time' }),
  eventName: text({ pattern: '^s3:ObjectCreated:' }),
  s3: object({
    bucket: object({ name: some }),
    object: object(
      { key: some, size: count, userMetadata: table(text()) },
      { eTag: text(), contentType: text(), versionId: text(), sequencer: text() },
    ),
  }),
});
const objectSchema = object({ Records: list(record, { minItems: 1, maxItems: 1 }) });

const { started, progress, succeeded, failed, skipped } = resultSchemas;

const published = {
  object: [objectSchema, 'An object has new content, as an S3 record; its key is form-urlencoded'],
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
  return { $id: schemaUri(name), title, $schema: `https://json-schema.org/draft/${draft}/schema`, ...schema };
}
