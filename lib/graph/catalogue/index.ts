/** What an installed GStreamer has, from a file: no GStreamer is needed to look it up. */
export { encodeCatalogue } from './format.ts';
export { catalogueFile, loadCatalogue } from './load.ts';
export type * from './types.ts';
