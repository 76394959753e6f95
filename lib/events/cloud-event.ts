/** The class of all events, and none of the transports of its package: in a bundle they are left out (scripts/build.ts). */
import type { CloudEventV1 } from 'cloudevents';
import { CloudEvent } from 'cloudevents/dist/event/cloudevent.js';

export { CloudEvent };

/** An event of our own making, which need not be held against the schema of the package. */
export const ownEvent = <T>(fields: Partial<CloudEventV1<T>>): CloudEvent<T> => new CloudEvent<T>(fields, false);
