/** What is wrong with a graph, by the catalogue of elements and by policy. */
export { lintGraph } from './lint.ts';
export type { LintOptions } from './types.ts';
