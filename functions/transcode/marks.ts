/**
 * The marks that every output carries as user metadata, and the rules that are read from them (docs/design: done
 * already, someone else's output, loop). The truth about finished work is in the bucket; no other state is kept.
 */
import { createHash } from 'node:crypto';
import type { Requested, TransformRef } from '../../lib/events/types.ts';
import type { ObjectStat } from '../../lib/storage/types.ts';

/** Longest source mark written out, in bytes: S3 allows 2 KB of user metadata in all. */
const longestSourceMark = 256;

export interface Marks {
  'gst-job': string;
  'gst-source': string;
  'gst-chain': string;
  /** Only where some outputs of the job have no stream and so were not written: the names of those that were. */
  'gst-outputs'?: string;
}

export function transformName(ref: TransformRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/** `<etag> <bucket>/<key>`, percent-encoded; a hash stands for a bucket and key that are too long to write out. */
export function sourceMark(source: { bucket: string; key: string; etag: string }): string {
  return `${source.etag} ${sourceIdentity(source)}`;
}

function sourceIdentity({ bucket, key }: { bucket: string; key: string }): string {
  const plain = encodeURI(`${bucket}/${key.toWellFormed()}`);
  if (plain.length <= longestSourceMark) return plain;
  return `sha256:${createHash('sha256').update(`${bucket}/${key}`).digest('hex')}`;
}

/** Marks for the outputs of this request, given the chain that the source itself carries. */
export function marksOf(request: Requested, sourceChain: string[]): Marks {
  return {
    'gst-job': request.job,
    'gst-source': sourceMark(request.source),
    'gst-chain': [...sourceChain, transformName(request.transform)].join(','),
  };
}

/** Whether an object was written by the same Transform for the same source key, of whatever content. */
export function isOfSameWork(metadata: Record<string, string>, marks: Marks): boolean {
  const written = metadata['gst-source'];
  if (written === undefined) return false;
  return identityIn(written) === identityIn(marks['gst-source']) && lastOf(metadata['gst-chain']) === lastOf(marks['gst-chain']);
}

const identityIn = (mark: string) => mark.slice(mark.indexOf(' ') + 1);
const lastOf = (chain = '') => chain.slice(chain.lastIndexOf(',') + 1);

/** The Transforms that led to this object: what its metadata says, joined with what the request says. */
export function chainOf(stat: ObjectStat, request: Requested): string[] {
  const marked = (stat.metadata['gst-chain'] ?? '').split(',').filter((name) => name !== '');
  return marked.length >= request.chain.length ? marked : request.chain;
}

/** What an object at an output key is to this job. */
export function standing(existing: ObjectStat | undefined, request: Requested): 'absent' | 'done' | 'ours' | 'foreign' {
  if (existing === undefined) return 'absent';
  if (existing.metadata['gst-job'] === request.job) return 'done';
  const mark = existing.metadata['gst-source'];
  return mark !== undefined && identityIn(mark) === sourceIdentity(request.source) ? 'ours' : 'foreign';
}
