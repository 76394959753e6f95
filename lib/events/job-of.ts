/** What the lines of a log say of the job that an event is about. */
import type { CloudEvent } from 'cloudevents';
import { typePrefix } from './types.ts';

export interface JobFields {
  job?: string;
  run?: string;
  /** `namespace/name`. */
  transform?: string;
}

/** As far as the event tells; nothing where it is about no job. Nobody has checked it: for logs only. */
export function jobOf({ type, subject, data }: Pick<CloudEvent<unknown>, 'type' | 'subject' | 'data'>): JobFields {
  if (!type.startsWith(typePrefix) || subject === undefined) return {};
  const { run, transform } = Object(data) as { run?: unknown; transform?: unknown };
  const { namespace, name } = Object(transform) as { namespace?: unknown; name?: unknown };
  return {
    job: subject,
    ...(typeof run === 'string' && { run }),
    ...(typeof namespace === 'string' && typeof name === 'string' && { transform: `${namespace}/${name}` }),
  };
}
