/** Requests are signed: anyone in the cluster can post to a Broker, and only the dispatcher may ask for work. */
import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785. Members without a value are left out, as JSON does when the event is sent. */
export function canonicalJson(data: unknown): string {
  const text = canonicalize(data);
  if (text === undefined) throw new TypeError('no JSON value');
  return text;
}

/** base64url of HMAC-SHA-256 over `data` as canonical JSON, keyed with the UTF-8 bytes of `key`. */
export function sign(data: unknown, key: string): string {
  return createHmac('sha256', keyObject(key)).update(canonicalJson(data)).digest('base64url');
}

/** The latest, for an installation has one: to make it anew takes three times as long as to use it. */
let latest: { key: string; object: KeyObject } | undefined;

function keyObject(key: string): KeyObject {
  if (latest?.key !== key) latest = { key, object: createSecretKey(key, 'utf8') };
  return latest.object;
}

export function verify(data: unknown, signature: unknown, key: string): boolean {
  if (typeof signature !== 'string' || data === undefined) return false;
  try {
    return sameSecret(signature, sign(data, key));
  } catch {
    return false; // what has no canonical form, such as half a surrogate pair, was never signed
  }
}

/** Compares in a time that tells neither where two secrets differ nor how long they are. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
