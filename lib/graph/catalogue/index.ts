/** What an installed GStreamer has, from a file: no GStreamer is needed to look it up. */
export { compressed, encodeCatalogue, plain } from './format.ts';
export { compressedFile, loadCatalogue, plainFile } from './load.ts';
export type * from './types.ts';
