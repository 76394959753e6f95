/** The local broker of `gst-functions dev`. */
export { type Broker, type BrokerOptions, createBroker } from './broker.ts';
export { type DeliveryReport, deadLetter } from './deliver.ts';
export { compileFilters } from './filters.ts';
export type { Post } from './http-post.ts';
export { createIngressApp, type Ingress, startIngress } from './ingress.ts';
export { readTriggers, type Trigger } from './triggers.ts';
