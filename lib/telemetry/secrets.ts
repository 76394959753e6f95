/**
 * Keeps what grants access out of logs and spans, whoever wrote the text. Presigned addresses are known by their form,
 * and so are bearer tokens and passwords in URLs; the values of secret settings are known because they were read here.
 */

/** Shorter values are too common to be blotted out wherever they stand. */
const leastSecret = 8; // characters
const blot = '<secret>';

const known = new Set<string>();

/** From now on `secret` is left out of every text, also where it is percent-encoded or escaped as in JSON. */
export function keepSecret(secret: string): void {
  if (secret.length < leastSecret) return;
  for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) known.add(form);
}

/** Ends of values: what cannot stand in them, whether the text is plain, JSON, or a quoted part of either. */
const value = String.raw`[^\s&"'<>\\]+`;
/** Signature version 4 and version 2, by query. */
const presigned = new RegExp(
  String.raw`(?<![A-Za-z-])(X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)(\\*(?:=|%3D)\\*)${value}`,
  'gi',
);
const authorization = /\b(Bearer|AWS4-HMAC-SHA256) +(Credential=[^"\\\n]+|[\w.~+/=-]{8,})/g;
const password = /(\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+(@)/g;

export function withoutSecrets(text: string): string {
  let clean = text.replace(presigned, `$1$2${blot}`).replace(authorization, `$1 ${blot}`).replace(password, `$1${blot}$2`);
  for (const secret of known) clean = clean.replaceAll(secret, blot);
  return clean;
}
