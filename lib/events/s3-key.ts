/** Object keys in S3 notifications are form-urlencoded: `/` is `%2F`, a space is `+`. */

const escapes = /(?:%[0-9a-f]{2})+/gi;

/** The true key. Never throws: an escape that is none (`100%sure.mp4`), or that is no UTF-8, stands for itself. */
export function decodeKey(encoded: string): string {
  return encoded.replaceAll('+', ' ').replace(escapes, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/** @throws URIError where the key has lone surrogates, which no S3 key has */
export function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+');
}
