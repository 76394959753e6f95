/**
 * Filters of a Trigger, as Knative reads them: all elements must match, and an attribute that is absent matches nothing
 * but a `not`. What Knative's webhook refuses is refused here too, and so is what it takes but fails at: an empty value
 * inside `not` keeps its filter server from starting, for every Broker of the cluster.
 */
import type { CloudEvent } from 'cloudevents';

export type EventFilter = (event: CloudEvent<unknown>) => boolean;

const compare: Record<string, (found: string, wanted: string) => boolean> = {
  exact: (found, wanted) => found === wanted,
  prefix: (found, wanted) => found.startsWith(wanted),
  suffix: (found, wanted) => found.endsWith(wanted),
};

/**
 * `filters` wins over `filter.attributes`, the older form, whose empty value stands for any; without both all events pass.
 *
 * @throws Error that says what is wrong
 */
export function compileFilters({ filters, filter }: { filters?: unknown; filter?: unknown }): EventFilter {
  if (filters !== undefined && !Array.isArray(filters)) throw new Error('filters is a list of filters');
  if (filters !== undefined && filters.length > 0) return every(filters.map(compileFilter));
  if (filter === undefined) return () => true;
  const attributes = record(record(filter, 'filter').attributes ?? {}, 'filter.attributes');
  return every(
    Object.entries(attributes).map(([name, wanted]) => {
      checkAttribute(name, wanted);
      return (event) => {
        const found = attributeOf(event, name);
        return found !== undefined && (wanted === '' || found === wanted);
      };
    }),
  );
}

function compileFilter(filter: unknown): EventFilter {
  const dialects = Object.entries(record(filter, 'a filter'));
  const [[dialect, inside] = ['', undefined], ...others] = dialects;
  if (dialects.length === 0) throw new Error('a filter without a dialect');
  if (others.length > 0) throw new Error(`two dialects in one filter: ${dialects.map(([name]) => name).join(', ')}`);
  if (dialect === 'all') return every(list(inside, dialect).map(compileFilter));
  if (dialect === 'any') return some(list(inside, dialect).map(compileFilter));
  if (dialect === 'not') {
    const inner = compileFilter(inside);
    return (event) => !inner(event);
  }
  if (dialect === 'cesql') throw new Error('the dialect cesql, which the local broker does not speak');
  const matches = Object.hasOwn(compare, dialect) ? compare[dialect] : undefined;
  if (!matches) throw new Error(`the dialect ${dialect}; there are exact, prefix, suffix, all, any, not`);
  const wanted = Object.entries(record(inside, dialect));
  if (wanted.length === 0) throw new Error(`${dialect} without an attribute`);
  return every(
    wanted.map(([name, value]) => {
      checkAttribute(name, value);
      if (value === '') throw new Error(`an empty value of ${name}`);
      return (event) => {
        const found = attributeOf(event, name);
        return found !== undefined && matches(found, value as string);
      };
    }),
  );
}

function checkAttribute(name: string, value: unknown): void {
  if (!/^[a-z0-9]+$/.test(name)) throw new Error(`the attribute name ${name}; names are lower-case letters and digits`);
  if (name === 'data') throw new Error('data, which is no attribute');
  if (typeof value !== 'string') throw new Error(`the value ${JSON.stringify(value)} of ${name}, which is no text`);
}

function attributeOf(event: CloudEvent<unknown>, name: string): string | undefined {
  const value = event[name];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

const every =
  (filters: EventFilter[]): EventFilter =>
  (event) =>
    filters.every((matches) => matches(event));

const some =
  (filters: EventFilter[]): EventFilter =>
  (event) =>
    filters.some((matches) => matches(event));

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${what} is a map`);
}

function list(value: unknown, what: string): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new Error(`${what} is a list of filters`);
}
