/** Which runner a Transform needs. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

export const defaultRunner = 'default';
/** Hexadecimal digits of the hash: 48 bits. */
const hashLength = 12;

/** `default`, or a value that all Transforms with the same image and resources share; fit for a label. */
export function runnerOf(image: string | undefined, resources: unknown): string {
  const wanted = JSON.parse(JSON.stringify({ image, resources })) as {
    image?: string;
    resources?: Record<string, Record<string, unknown>>;
  };
  const asked = Object.values(wanted.resources ?? {}).some((amounts) => Object.keys(amounts).length > 0);
  if (wanted.image === undefined && !asked) return defaultRunner;
  if (!asked) delete wanted.resources;
  return createHash('sha256')
    .update(canonicalize(wanted) ?? '')
    .digest('hex')
    .slice(0, hashLength);
}
