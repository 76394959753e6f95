/**
 * Jobs that somebody wants stopped: an annotation of the record. On one machine it is a file beside the record, which no
 * writer of the record can undo.
 */
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { part } from './file-store.ts';

/** On a Job: stop it, and run it no more until the annotation is gone. Any value will do. */
export const cancelAnnotation = 'pipelines.gst.io/cancel';

export interface FileCancellations {
  has(namespace: string, name: string): Promise<boolean>;
  set(namespace: string, name: string): Promise<void>;
  clear(namespace: string, name: string): Promise<void>;
}

export function fileCancellations(folder: string): FileCancellations {
  const pathOf = (namespace: string, name: string) => join(folder, part(namespace), `${part(name)}.cancel`);
  return {
    has: (namespace, name) =>
      access(pathOf(namespace, name)).then(
        () => true,
        () => false,
      ),
    async set(namespace, name) {
      await mkdir(join(folder, part(namespace)), { recursive: true });
      await writeFile(pathOf(namespace, name), '');
    },
    clear: (namespace, name) => rm(pathOf(namespace, name), { force: true }),
  };
}
