/** Tells a person what is happening to one object, as its events come by. */
import type { CloudEvent } from 'cloudevents';
import type { Failed, Progress, Skipped, Started, Succeeded } from '../../lib/events/types.ts';
import { typePrefix } from '../../lib/events/types.ts';
import { createProgressBar } from '../progress-bar.ts';

/** When each stage was first seen, in milliseconds of the clock of this process. */
export interface StageTimes {
  begin: number;
  object?: number;
  requested?: number;
  started?: number;
}

export interface Stages {
  times: StageTimes;
  /** To be given every event that the Broker takes. */
  onEvent(event: CloudEvent<unknown>): void;
  /** Resolves with the end of the first job; rejects where that is not a success. */
  done: Promise<Succeeded>;
}

export function watchStages(say: (stage: string, text: string) => void): Stages {
  const { promise, resolve, reject } = Promise.withResolvers<Succeeded>();
  promise.catch(() => {}); // not everybody waits for it
  const times: StageTimes = { begin: performance.now() };
  const bar = createProgressBar(process.stdout, '  progress    ');
  const onEvent = (event: CloudEvent<unknown>) => {
    const kind = event.type.startsWith(typePrefix) ? event.type.slice(typePrefix.length) : 'object';
    if (kind !== 'progress') bar.end();
    if (kind === 'object' || kind === 'requested' || kind === 'started') times[kind] ??= performance.now();
    switch (kind) {
      case 'object':
        return say('event', `${event.type} from ${event.source}`);
      case 'requested':
        return say('requested', `job ${event.subject}`);
      case 'started':
        return say('started', `run ${(event.data as Started).run}`);
      case 'progress':
        return bar.update(event.data as Progress);
      case 'succeeded':
        say('succeeded', (event.data as Succeeded).outputs.map(({ bucket, key }) => `${bucket}/${key}`).join(', '));
        return resolve(event.data as Succeeded);
      case 'skipped':
        return reject(new Error(`skipped: ${(event.data as Skipped).message}`));
      case 'failed':
      case 'retrying': {
        const { error } = event.data as Failed;
        say(kind, `${error.code}: ${error.message}`);
        if (kind === 'failed') reject(new Error(`${error.message} ${error.remedy}`));
      }
    }
  };
  return { times, onEvent, done: promise };
}
