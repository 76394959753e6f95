/** Every function of key templates, and those of sprig that a key must not or need not use. */
import type { Definition } from '../call.ts';
import { dates } from './dates.ts';
import { hashes } from './hashes.ts';
import { dicts, lists } from './lists.ts';
import { logic } from './logic.ts';
import { numbers } from './numbers.ts';
import { paths } from './paths.ts';
import { regexps } from './regexps.ts';
import { strings } from './strings.ts';

export { refusalOf, refused } from './refused.ts';

/** By the heading under which the documentation lists them. */
export const functionGroups: Readonly<Record<string, Readonly<Record<string, Definition>>>> = {
  Text: strings,
  Paths: paths,
  Dates: dates,
  Numbers: numbers,
  'Choice and defaults': logic,
  'Digests and encodings': hashes,
  'Regular expressions': regexps,
  Lists: lists,
  Dicts: dicts,
};

export const functions: ReadonlyMap<string, Definition> = new Map(
  Object.values(functionGroups).flatMap((group) => Object.entries(group)),
);

/** Part of the evaluator. */
export const lazyFunctions = ['and', 'or'];
