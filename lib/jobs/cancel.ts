/**
 * Jobs that somebody wants stopped: an annotation of the record. On one machine it is a file beside the record, which no
 * writer of the record can undo.
 */
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubeClient, resources } from '../kubernetes/index.ts';
import { part } from './file-store.ts';

/** On a Job: stop it, and run it no more until the annotation is gone. Any value will do. */
export const cancelAnnotation = 'pipelines.gst.io/cancel';

/** Of that file, in place of the `.json` of the record. */
export const cancelExtension = '.cancel';

export interface Cancellations {
  set(namespace: string, name: string): Promise<void>;
  clear(namespace: string, name: string): Promise<void>;
}

export interface FileCancellations extends Cancellations {
  has(namespace: string, name: string): Promise<boolean>;
}

export function fileCancellations(folder: string): FileCancellations {
  const pathOf = (namespace: string, name: string) => join(folder, part(namespace), `${part(name)}${cancelExtension}`);
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

/** Both reject with KUBERNETES_FAILED: the right to patch Jobs is needed. */
export function kubernetesCancellations(client: Pick<KubeClient, 'patch'>): Cancellations {
  const write = async (namespace: string, name: string, value: string | null) => {
    await client.patch(resources.jobs, namespace, name, { metadata: { annotations: { [cancelAnnotation]: value } } });
  };
  return {
    set: (namespace, name) => write(namespace, name, new Date().toISOString()),
    clear: (namespace, name) => write(namespace, name, null),
  };
}
