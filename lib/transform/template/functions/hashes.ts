/** Digests and encodings, for keys that spread or hide names. */
import { createHash } from 'node:crypto';
import { type Definition, fn } from '../call.ts';

const digest = (algorithm: string, example: string) =>
  fn(
    ['string'],
    ([text]) => createHash(algorithm).update(text).digest('hex'),
    `${algorithm.replace('sha', 'SHA-')} in hexadecimal digits.`,
    example,
  );

/** RFC 1950. */
function adler32(text: string): string {
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return String(b * 65_536 + a);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(text: string): string {
  let bits = '';
  for (const byte of Buffer.from(text)) bits += byte.toString(2).padStart(8, '0');
  const chars = (bits.match(/.{1,5}/g) ?? []).map((five) => alphabet.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('');
  return chars.padEnd(Math.ceil(chars.length / 8) * 8, '=');
}

function base32Decode(text: string): string {
  if (text.length % 8 !== 0 || !/^[A-Z2-7]*=*$/.test(text)) throw new Error('not base32');
  const bits = [...text.replace(/=+$/, '')].map((char) => alphabet.indexOf(char).toString(2).padStart(5, '0')).join('');
  return decode(Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))));
}

function base64Decode(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Error('not base64');
  return decode(Buffer.from(text, 'base64'));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

export const hashes: Record<string, Definition> = {
  sha1sum: digest('sha1', 'sha1sum "a"'),
  sha256sum: digest('sha256', 'sha256sum .SrcKey | trunc 8'),
  sha512sum: digest('sha512', 'sha512sum "a" | trunc 16'),
  adler32sum: fn(['string'], ([text]) => adler32(text), 'Adler-32 in decimal digits.', 'adler32sum "a"'),
  b64enc: fn(['string'], ([text]) => Buffer.from(text).toString('base64'), 'Encoded as base64.', 'b64enc "a b"'),
  b64dec: fn(['string'], ([text]) => base64Decode(text), 'Decoded from base64.', 'b64dec "YSBi"'),
  b32enc: fn(['string'], ([text]) => base32(text), 'Encoded as base32.', 'b32enc "a b"'),
  b32dec: fn(['string'], ([text]) => base32Decode(text), 'Decoded from base32.', 'b32dec "MEQGE==="'),
};
