/** The class of all events, and none of the transports of its package: in a bundle they are left out (scripts/build.ts). */
export { CloudEvent } from 'cloudevents/dist/event/cloudevent.js';
