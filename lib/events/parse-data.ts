/** Holds the data of an event against its schema. */
import type * as z from 'zod/mini';
import { Fault } from '../errors.ts';

/** @throws Fault EVENT_MALFORMED with path and message of the first thing that is wrong */
export function parseData<T>(schema: z.ZodMiniType<T>, data: unknown): T {
  const parsed = attempt(schema, data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const cause = issue ? `data.${issue.path.join('.')}: ${issue.message}` : 'data: not as described';
  throw new Fault('EVENT_MALFORMED', { cause }, { cause: parsed.error });
}

/** zod compares the length of whatever has one, also of an object in place of a text: it throws where that is no number. */
function attempt<T>(schema: z.ZodMiniType<T>, data: unknown) {
  try {
    return schema.safeParse(data);
  } catch (error) {
    throw new Fault('EVENT_MALFORMED', { cause: 'data: not as described' }, { cause: error });
  }
}
