/** Labels of Job records, those of the seed: by Transform, and by the source object. */
import { createHash } from 'node:crypto';
import type { RunFacts } from '../events/types.ts';

const group = 'pipelines.gst.io';
export const jobLabels = {
  pipeline: `${group}/pipeline`,
  kind: `${group}/kind`,
  object: `${group}/object`,
  bucket: `${group}/bucket`,
} as const;

const allowed = /^(?=.{0,63}$)([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** `text` where a label may hold it, else a hash of it: few keys of objects are values of labels. */
export function labelValue(text: string): string {
  return allowed.test(text) ? text : createHash('sha256').update(text).digest('hex').slice(0, 40);
}

export function labelsOf({ transform, source }: RunFacts): Record<string, string> {
  return {
    [jobLabels.pipeline]: labelValue(transform.name),
    [jobLabels.kind]: transform.kind,
    [jobLabels.object]: labelValue(source.key),
    [jobLabels.bucket]: labelValue(source.bucket),
  };
}
