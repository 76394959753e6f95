/** The name of a job: the same work on the same content has the same, whoever asks for it and however often. */
import { createHash } from 'node:crypto';
import type { ResolvedTransform } from '../transform/types.ts';
import { canonicalJson } from './signature.ts';
import type { SourceObject } from './types.ts';

/** Most characters of the Transform's name in a job's. */
const nameLength = 40;
/** 26 characters of 5 bits each: 130 bits of the hash. */
const hashLength = 26;

export function jobId(
  { ref, work, source: { endpoint } }: Pick<ResolvedTransform, 'ref' | 'work' | 'source'>,
  { bucket, key, etag, size }: Pick<SourceObject, 'bucket' | 'key' | 'etag' | 'size'>,
): string {
  const identity = [ref.kind, ref.namespace, ref.name, work, endpoint.address, bucket, key, etag, size];
  const hash = createHash('sha256').update(canonicalJson(identity)).digest();
  // a cut may end in a dash or a dot, and ".-" is allowed in no resource's name
  const name = ref.name.slice(0, nameLength).replace(/[-.]+$/, '');
  return `${name}-${base32(hash).slice(0, hashLength)}`;
}

/** RFC 4648, in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(five, 2))).join('');
}
