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

const digits = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648, in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0; // of `bits`, how many are still to be written
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (held += 8; held >= 5; held -= 5) text += digits[(bits >> (held - 5)) & 31];
    bits &= (1 << held) - 1;
  }
  return text;
}
