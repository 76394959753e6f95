/** docs/reference/events.md, made from the schemas. */
import { type SchemaName, schemaNames, schemaTitles } from './schemas.ts';
import { schemaUri } from './types.ts';

/** What is not in the data: who sends an event, and what it is called. */
const envelopes: Record<SchemaName, { type: string; source: string; id: string; subject: string; from: string }> = {
  object: {
    type: 'com.amazonaws.s3.ObjectCreated:*',
    source: 'minio:s3.<region>.<bucket>',
    id: 'hash of endpoint, bucket, key, version, event name and sequencer',
    subject: 'percent-encoded key',
    from: 'source, or any bridge that passes S3 records on',
  },
  requested: {
    type: 'io.gst.pipelines.transform.requested',
    source: '/transforms/<namespace>/<name>',
    id: '<job>, or <job>.<n> where it is asked for again',
    subject: 'job',
    from: 'dispatcher, reconciler',
  },
  started: result('started'),
  progress: result('progress'),
  retrying: result('retrying'),
  succeeded: result('succeeded'),
  failed: result('failed'),
  skipped: result('skipped'),
};

function result(kind: string) {
  return {
    type: `io.gst.pipelines.transform.${kind}`,
    source: '/transcode',
    id: '<run>.<seq>',
    subject: 'job',
    from: 'transcode',
  };
}

/** The types, and below each what its attributes are and where the schema of its data lies. */
export function eventsReference(): string {
  return schemaNames
    .map((name) => {
      const { type, source, id, subject, from } = envelopes[name];
      return [
        `### ${name}`,
        '',
        `${schemaTitles[name]}.`,
        '',
        `- type: \`${type}\``,
        `- source: \`${source}\`, sent by ${from}`,
        `- id: \`${id}\`; subject: ${subject}`,
        `- data: [${name}.json](../schema/events/${name}.json), \`dataschema: ${schemaUri(name)}\``,
      ].join('\n');
    })
    .join('\n\n');
}
