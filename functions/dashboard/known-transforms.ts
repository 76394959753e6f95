/** Transforms as they would run: resolved once for each change, and found again by the Jobs that name them. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Fault } from '../../lib/errors.ts';
import type { Finding } from '../../lib/finding.ts';
import {
  type Resolved,
  type ResolvedTransform,
  type ResolveOptions,
  resolve,
  type TransformResource,
} from '../../lib/transform/index.ts';
import type { Feed, JobObject, Marked } from './feed.ts';
import { fileRow, type TransformRow, transformRow } from './rows.ts';

export interface KnownTransforms {
  /** Reads the feed. */
  rows(): Array<{ row: TransformRow; mark: unknown }>;
  /** By `<kind>/<namespace>/<name>`; undefined where there is none, or it has faults. */
  get(id: string): ResolvedTransform | undefined;
  /** @throws Fault TRANSFORM_INVALID where the Transform of the job is not there any more, or has faults */
  of(job: JobObject): ResolvedTransform;
  all(): ResolvedTransform[];
}

interface Known {
  mark: unknown;
  row: TransformRow;
  transform?: ResolvedTransform;
}

export function createKnownTransforms(feed: Pick<Feed, 'transforms' | 'fileFindings'>, options: ResolveOptions): KnownTransforms {
  let known = new Map<string, Known>();
  const read = ({ value: resource, mark }: Marked<TransformResource>): Known => {
    const resolved = check(resource, options);
    const { transform } = resolved;
    return { mark, transform, row: transformRow(resource, resolved, transform && pictureMark(transform)) };
  };
  const get = (id: string) => known.get(id)?.transform;
  return {
    rows() {
      const before = new Map([...known.values()].map((one) => [one.mark, one]));
      const now = new Map<string, Known>();
      for (const source of feed.transforms()) {
        const one = before.get(source.mark) ?? read(source);
        // of two with the same name the first counts, as for the dispatcher
        if (!now.has(one.row.id)) now.set(one.row.id, one);
      }
      known = now;
      return [...known.values(), ...fileRows(feed.fileFindings())];
    },
    get,
    of({ metadata, spec }) {
      const { kind, name } = spec.pipelineRef;
      const namespace = metadata.namespace ?? 'default';
      const transform = get(`${kind}/${namespace}/${name}`);
      if (transform) return transform;
      const cause = `${kind} ${namespace}/${name} ${known.has(`${kind}/${namespace}/${name}`) ? 'has faults' : 'is not there any more'}`;
      throw new Fault('TRANSFORM_INVALID', { cause });
    },
    all: () => [...known.values()].flatMap(({ transform }) => transform ?? []),
  };
}

/** What nobody foresaw in one Transform must not keep the others from being shown. */
function check(resource: TransformResource, options: ResolveOptions): Resolved {
  try {
    return resolve(resource, options);
  } catch (error) {
    return { findings: [{ severity: 'error', rule: 'internal', path: '', message: `cannot be checked: ${String(error)}` }] };
  }
}

/** Another one for another picture. */
function pictureMark({ pipeline }: ResolvedTransform): string {
  return createHash('sha256').update(JSON.stringify(pipeline.elements)).digest('hex').slice(0, 16);
}

/** A file that cannot be read is shown where its Transforms would be. */
function fileRows(findings: Finding[]): Array<{ row: TransformRow; mark: unknown }> {
  const files = Map.groupBy(findings, ({ file }) => file ?? '');
  return [...files].map(([file, told]) => ({ row: fileRow(basename(file), told), mark: JSON.stringify(told) }));
}
