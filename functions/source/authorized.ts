/** Whether a request carries the token of this webhook. */
import { sameSecret } from '../../lib/events/index.ts';

/**
 * MinIO sends its `auth_token` behind `Bearer`, or as it is where it has two words already.
 *
 * @returns a test of the Authorization header, in a time that tells nothing of the token
 */
export function bearer(token: string): (header: string | null) => boolean {
  const wanted = canonical(/\s/.test(token) ? token : `Bearer ${token}`);
  return (header) => sameSecret(canonical(header ?? ''), wanted);
}

/** The scheme in lower case: its case does not count. */
function canonical(header: string): string {
  return header.trim().replace(/^(\S+)\s+/, (_, scheme: string) => `${scheme.toLowerCase()} `);
}
