/** Events: what they are, how they are made, read and posted. */
export { jobId } from './job-id.ts';
export { jobOf } from './job-of.ts';
export { decodeObjectEvents, objectEvent, objectTypePrefix } from './object.ts';
export { createPublisher, type Publish, type PublishOptions } from './publish.ts';
export { publishAll } from './publish-all.ts';
export { type Result, readResult } from './read-result.ts';
export { type HeaderFields, type ReadOptions, readCloudEvent } from './receive.ts';
export {
  chainOf,
  isRequest,
  largestRequested,
  parseRequest,
  type RequestOptions,
  readRequested,
  requestedEvent,
} from './requested.ts';
export { factsOf, type ResultOptions, resultEvent } from './result.ts';
export { decodeKey, encodeKey } from './s3-key.ts';
export { createdObjects, decodeS3Records, isCreation, type Notification, readNotification } from './s3-records.ts';
export { eventSchema, type SchemaName, schemaNames } from './schemas.ts';
export { canonicalJson, sameSecret, sign, verify } from './signature.ts';
export { currentTraceId, eventAttributes, parseTraceparent, traceOf } from './trace.ts';
export * from './types.ts';
