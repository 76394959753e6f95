/** Whether GStreamer reads a text as one of the values, or as a set of the flags, that a property has. */
import { nearestName } from '../../../nearest.ts';
import type { PropertyInfo } from '../../catalogue/index.ts';

const integer = /^\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/;
/** Values that are told before the rest is only counted. */
const maxTold = 40;

type Values = NonNullable<PropertyInfo['values']>;

/** What is wrong with the text, or undefined. By nick, long name or number. */
export function enumFault(text: string, values: Values): string | undefined {
  if (values.some(({ nick, name }) => nick === text || name === text)) return undefined;
  if (integer.test(text) && values.some(({ value }) => value === Number(text))) return undefined;
  return `is none of its values: ${allowed(text, values)}`;
}

/** What is wrong with the text, or undefined. Flags are joined by `+`; a number may stand for several. */
export function flagsFault(text: string, values: Values): string | undefined {
  const mask = values.reduce((all, { value }) => all | BigInt(value), 0n);
  const within = (flag: string) => /^\s*(0[xX][0-9a-fA-F]+|\d+)$/.test(flag) && (BigInt(flag.trim()) & ~mask) === 0n;
  const known = (flag: string) => flag === '' || within(flag) || values.some(({ nick, name }) => nick === flag || name === flag);
  // `/` stands for `+` too, but within some long names
  const first = text
    .split('+')
    .flatMap((flag) => (known(flag) ? [] : flag.split('/')))
    .find((flag) => !known(flag));
  if (first === undefined) return undefined;
  const joined = /[,|;\s]/.test(first.trim()) ? ' (flags are joined by `+`)' : '';
  return `names \`${first}\`, which is no flag of it${joined}: ${allowed(first, values)}`;
}

function allowed(text: string, values: Values): string {
  const nicks = values.map(({ nick }) => nick);
  const told = nicks.slice(0, maxTold).join(', ');
  const rest = nicks.length > maxTold ? `, and ${nicks.length - maxTold} more` : '';
  const nearest = nearestName(text, nicks);
  return `${told}${rest}${nearest === undefined ? '' : `; did you mean \`${nearest}\`?`}`;
}
