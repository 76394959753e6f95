/** Caps in their text form: read, and compared. */
export { canMeet, clashes } from './intersect.ts';
export { CapsSyntaxError, parseCaps } from './parse.ts';
export type * from './types.ts';
