/**
 * A Broker for one machine: takes events, and delivers each to every Trigger that it matches, as Knative's does. Events in
 * hand are in memory only: they end with the process.
 */
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../../../lib/errors.ts';
import { type DeliveryReport, deliver } from './deliver.ts';
import { createSubscriber, type Subscriber } from './subscriber.ts';
import type { Trigger } from './triggers.ts';

export interface BrokerOptions {
  triggers: readonly Trigger[];
  /** Deliveries that one process of a subscriber gets at a time, where it is not `defaultParallel`. */
  parallel?: Record<string, number>;
  /** Each wait before another try is multiplied by it. Default: 1. */
  backoffScale?: number;
  /** Most events in hand; above, events are refused. */
  capacity?: number;
}

export interface Broker {
  /** Takes an event, or throws BROKER_FULL. It returns before anything is delivered. */
  accept(event: CloudEvent<unknown>): void;
  /** The processes behind the name of a Service or a JobSink. */
  subscriber(service: string): Subscriber;
  /** Called with each event that is taken, replies too. Returns what ends that. */
  onEvent(listener: (event: CloudEvent<unknown>) => void): () => void;
  /** Called at the end of each try. Returns what ends that. */
  onDelivery(listener: (report: DeliveryReport) => void): () => void;
  /** Deliveries in hand; of one Trigger, where it is named. */
  inHand(trigger?: string): number;
  /** Cuts what is in hand. */
  close(): void;
}

const defaultCapacity = 10_000; // events
const defaultParallel = 16; // deliveries
const timeToLive = 255; // hops, as at Knative's ingress

export function createBroker({ triggers, parallel = {}, backoffScale = 1, capacity = defaultCapacity }: BrokerOptions): Broker {
  const end = new AbortController();
  const taps = new Set<(event: CloudEvent<unknown>) => void>();
  const reporters = new Set<(report: DeliveryReport) => void>();
  const counts = new Map(triggers.map(({ name }) => [name, 0]));
  const names = triggers.flatMap(({ subscriber, delivery: { deadLetters } }) => [subscriber, deadLetters ?? subscriber]);
  const subscribers = new Map(names.map(({ name }) => [name, createSubscriber(parallel[name] ?? defaultParallel)]));
  const inHand = (name?: string) => (name === undefined ? sum(counts.values()) : (counts.get(name) ?? 0));

  async function send(event: CloudEvent<unknown>, ttl: number, trigger: Trigger): Promise<void> {
    counts.set(trigger.name, inHand(trigger.name) + 1);
    try {
      const onReport = (report: DeliveryReport) => {
        for (const tell of reporters) tell(report);
      };
      const reply = await deliver(event, trigger, { subscribers, backoffScale, signal: end.signal, onReport });
      // the loop of an event that causes itself ends here
      if (reply && ttl > 1) take(reply.cloneWith({ knativebrokerttl: ttl - 1 }));
    } catch (error) {
      if (!end.signal.aborted) throw error;
    } finally {
      counts.set(trigger.name, inHand(trigger.name) - 1);
    }
  }

  function take(event: CloudEvent<unknown>): void {
    const given = Number(event.knativebrokerttl ?? timeToLive);
    const ttl = Number.isInteger(given) && given > 0 ? Math.min(given, timeToLive) : 0;
    if (ttl === 0) return;
    const stamped = event.cloneWith({ knativebrokerttl: ttl, knativearrivaltime: new Date().toISOString() });
    for (const tap of taps) tap(stamped);
    for (const trigger of triggers) if (trigger.matches(stamped)) void send(stamped, ttl, trigger);
  }

  return {
    accept(event) {
      if (inHand() >= capacity) throw new Fault('BROKER_FULL', { capacity });
      take(event);
    },
    subscriber(service) {
      const found = subscribers.get(service) ?? createSubscriber(parallel[service] ?? defaultParallel);
      subscribers.set(service, found);
      return found;
    },
    onEvent: (listener) => listen(taps, listener),
    onDelivery: (listener) => listen(reporters, listener),
    inHand,
    close: () => end.abort(new Fault('SHUTTING_DOWN')),
  };
}

function listen<T>(all: Set<T>, listener: T): () => void {
  all.add(listener);
  return () => void all.delete(listener);
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
