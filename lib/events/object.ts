/** Object events: one for each new content of a bucket, whoever told of it. */
import { createHash } from 'node:crypto';
import { CloudEvent } from './cloud-event.ts';
import { encodeKey } from './s3-key.ts';
import { createdObjects } from './s3-records.ts';
import { currentTrace } from './trace.ts';
import { type ObjectEvent, schemaUri } from './types.ts';

export const objectTypePrefix = 'com.amazonaws.s3.';

/**
 * Id of an object event: the same record sent again has the same. The adapter spec of CloudEvents builds it from
 * request ids, which on MinIO several records share and some lack.
 */
function objectEventId({ endpoint, bucket, key, versionId, etag, eventName, sequencer }: ObjectEvent): string {
  const identity = [endpoint ?? '', bucket, key, versionId ?? etag ?? '', eventName, sequencer ?? ''];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 40);
}

/** The CloudEvent for one record: attributes in ASCII for routing; the truth is in its data, as an S3 record. */
export function objectEvent(object: ObjectEvent): CloudEvent<unknown> {
  const id = objectEventId(object);
  return new CloudEvent<unknown>({
    id,
    type: `${objectTypePrefix}${object.eventName}`,
    source: `minio:s3.${encodeURIComponent(object.region.toWellFormed())}.${encodeURIComponent(object.bucket)}`,
    subject: encodeURIComponent(object.key),
    time: object.eventTime,
    datacontenttype: 'application/json',
    dataschema: schemaUri('object'),
    data: { Records: [s3Record(object)] },
    bucket: object.bucket,
    ...(object.endpoint === undefined ? {} : { endpoint: object.endpoint }),
    correlationid: id,
    causationid: id,
    ...currentTrace(),
  });
}

function s3Record({ eventName, bucket, key, region, eventTime, userMetadata, ...object }: ObjectEvent) {
  return {
    eventVersion: '2.0',
    eventSource: 'minio:s3',
    awsRegion: region,
    eventTime,
    eventName: `s3:${eventName}`,
    s3: {
      bucket: { name: bucket },
      object: {
        key: encodeKey(key),
        size: object.size,
        eTag: object.etag,
        contentType: object.contentType,
        versionId: object.versionId,
        sequencer: object.sequencer,
        userMetadata: Object.fromEntries(Object.entries(userMetadata).map(([name, value]) => [`X-Amz-Meta-${name}`, value])),
      },
    },
  };
}

/**
 * The new objects that `event` tells of, if any: an event of `source`, or of any bridge whose data holds S3 records.
 * The endpoint is the event's, where it has one.
 */
export function decodeObjectEvents(event: CloudEvent<unknown>): ObjectEvent[] {
  const { endpoint } = event;
  return createdObjects(event.data).map((object) =>
    typeof endpoint === 'string' && endpoint !== '' ? { ...object, endpoint } : object,
  );
}
