/** Calls a function of a template: holds its arguments to what it takes, and its work to bounds. */
import { TemplateFault } from './fault.ts';
import { type GoTime, isTime } from './time.ts';
import { type Dict, typeName, type Value } from './values.ts';

export type Spend = (amount: number, at: number) => void;

/** What is "now" for a template: the time of the object's event. */
export interface Moment {
  now: GoTime;
}

/** What a parameter takes: as Go's parameter types, but that any whole number does for int. */
interface Kinds {
  string: string;
  int: number;
  bool: boolean;
  list: Value[];
  dict: Dict;
  time: GoTime;
  any: Value;
}
type Kind = keyof Kinds;

export interface Definition {
  params: readonly Kind[];
  /** Kind of any further arguments. */
  rest: Kind | undefined;
  /** Fewest arguments. */
  least: number;
  apply: (args: never[], call: CallContext) => Value;
  about: string;
  /** How a call looks, for the reference. */
  example: string;
}

export interface CallContext extends Moment {
  /** Refuses results that would be too large, before they are made. */
  room: (length: number) => void;
}

type Args<Params extends readonly Kind[]> = { [Index in keyof Params]: Kinds[Params[Index]] };

/** A function with a fixed number of parameters. */
export function fn<const Params extends readonly Kind[]>(
  params: Params,
  apply: (args: Args<Params>, call: CallContext) => Value,
  about: string,
  example: string,
): Definition {
  return { params, rest: undefined, least: params.length, apply: apply as unknown as Definition['apply'], about, example };
}

/** A function whose last parameter takes any number of arguments, but at least `least` in all. */
export function variadic<const Params extends readonly Kind[], Rest extends Kind>(
  params: Params,
  rest: Rest,
  apply: (args: [...Args<Params>, ...Array<Kinds[Rest]>], call: CallContext) => Value,
  about: string,
  example: string,
  least: number = params.length,
): Definition {
  return { params, rest, least, apply: apply as unknown as Definition['apply'], about, example };
}

/** Most entries of a list that a function makes. */
const longestList = 2000;
const longestResult = 8192;

/** @throws TemplateFault */
export function callFunction(
  name: string,
  { params, rest, least, apply }: Definition,
  values: Value[],
  { moment, spend, at }: { moment: Moment; spend: Spend; at: number },
): Value {
  if (values.length < least || (rest === undefined && values.length > params.length)) {
    const wanted = rest === undefined ? String(params.length) : `at least ${least}`;
    throw new TemplateFault(`\`${name}\` takes ${wanted} argument${wanted.endsWith('1') ? '' : 's'}; found ${values.length}`, at);
  }
  const args = values.map((value, index) => {
    const kind = params[index] ?? rest ?? 'any';
    const taken = take(kind, value);
    if (taken === undefined)
      throw new TemplateFault(`argument ${index + 1} of \`${name}\` is ${kindNames[kind]}; found ${found(value)}`, at);
    return taken;
  });
  spend(1 + cost(values), at);
  const context: CallContext = {
    ...moment,
    room: (length) => {
      if (length > longestResult)
        throw new TemplateFault(`\`${name}\` would make more than ${longestResult} characters`, at, 'template-limit');
    },
  };
  let result: Value;
  try {
    result = apply(args as never[], context);
  } catch (error) {
    if (error instanceof TemplateFault) throw error;
    throw new TemplateFault(`\`${name}\`: ${error instanceof Error ? error.message : String(error)}`, at);
  }
  if (typeof result === 'string') context.room(result.length);
  if (Array.isArray(result) && result.length > longestList)
    throw new TemplateFault(`\`${name}\` makes more than ${longestList} entries`, at, 'template-limit');
  spend(cost([result]), at);
  return result;
}

const kindNames: Record<Kind, string> = {
  string: 'text',
  int: 'a whole number',
  bool: 'true or false',
  list: 'a list',
  dict: 'a dict',
  time: 'a time',
  any: 'any value',
};

function take(kind: Kind, value: Value): Kinds[Kind] | undefined {
  switch (kind) {
    case 'any':
      return value;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'int':
      return typeof value === 'bigint' && value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n
        ? Number(value)
        : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'list':
      return Array.isArray(value) ? value : undefined;
    case 'dict':
      return value instanceof Map ? value : undefined;
    case 'time':
      return isTime(value) ? value : undefined;
  }
}

function found(value: Value): string {
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 40))}` : typeName(value);
}

/** A step for 64 characters, or for an entry. Stops to count where it is more than a rendering may do: dicts may hold themselves. */
export function cost(values: Iterable<Value>, most = 50_000): number {
  let steps = 0;
  const waiting: Value[] = [...values];
  while (waiting.length > 0 && steps < most) {
    const value = waiting.pop() as Value;
    if (typeof value === 'string') steps += value.length >> 6;
    else if (Array.isArray(value) || value instanceof Map) {
      const entries = [...value.values()];
      steps += entries.length;
      waiting.push(...entries);
    }
  }
  return steps;
}
