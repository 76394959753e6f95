/** A folder whose files are kept fresh in memory: Transforms and Job records where there is no Kubernetes. */
export { type FolderFile, type FolderOptions, type WatchedFolder, watchFolder } from './watch.ts';
