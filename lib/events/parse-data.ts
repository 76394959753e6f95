/** Holds the data of an event against its schema. */
import { Fault } from '../errors.ts';
import { fitted, type Shape } from './shape.ts';

/** What the schema knows of the data. @throws Fault EVENT_MALFORMED with the place and the fault of the first thing that is wrong */
export function parseData<T>(schema: Shape<T>, data: unknown): T {
  try {
    return fitted(schema, data);
  } catch (error) {
    throw new Fault('EVENT_MALFORMED', { cause: (error as Error).message }, { cause: error });
  }
}
