/** The completion mark of a directory output: its job and every file of it. */
import { Fault } from '../errors.ts';
import type { ObjectStore } from './types.ts';

export const manifestName = '.gst-job.json';

export interface Manifest {
  job: string;
  /** `name` is the key without the prefix. */
  files: Array<{ name: string; size: number; etag: string; contentType: string }>;
}

/** Where the manifest of a directory output is; `prefix` ends in `/`. */
export function manifestKey(prefix: string): string {
  return prefix + manifestName;
}

/** The manifest of the run before, or undefined where there is none that can be read. */
export async function readManifest(store: ObjectStore, bucket: string, prefix: string): Promise<Manifest | undefined> {
  const body = await store.get(bucket, manifestKey(prefix));
  if (body === undefined) return undefined;
  try {
    const { job, files } = JSON.parse(Buffer.from(body).toString('utf8')) as Manifest;
    return Array.isArray(files) && files.every(({ name }) => typeof name === 'string') ? { job: String(job), files } : undefined;
  } catch {
    return undefined; // somebody else's file: nothing in it is ours to remove
  }
}

export function checkNames(names: string[]): void {
  // it would be taken for the completion mark before the rest is there
  if (names.includes(manifestName)) {
    throw new Fault(
      'STORAGE_WRITE',
      { key: manifestName, cause: 'the pipeline wrote a file of that name' },
      { class: 'permanent' },
    );
  }
}
