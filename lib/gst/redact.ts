/**
 * Takes the address of the source, and whatever else grants access to it, out of GStreamer's words. A presigned URL
 * stands in souphttpsrc's error texts, in GST_DEBUG lines and in DOT pictures, where each is escaped in its own way.
 */
import type { ReadAccess } from '../storage/types.ts';

/** Shorter values are too common to be blotted out wherever they stand. */
const leastSecret = 6; // characters

export type Redact = (text: string) => string;

/** A function that leaves nothing of the secrets in a text, be they escaped by backslashes or percent signs. */
export function redactor(source: ReadAccess): Redact {
  if (source.kind === 'file') return (text) => text;
  const url = new URL(source.url);
  const secrets = new Set<string>();
  for (const [, value] of url.searchParams) addSecret(secrets, value);
  for (const value of url.search.slice(1).split(/[&=]/)) addSecret(secrets, value);
  for (const value of [url.password, url.username]) addSecret(secrets, value);
  for (const [name, value] of Object.entries(source.headers)) if (!isHarmless(name)) addSecret(secrets, value);
  const patterns = [...secrets]
    .filter((secret) => !isHarmlessParameter(secret))
    .sort((a, b) => b.length - a.length)
    .map((secret) => new RegExp(escaped(secret), 'gi'));
  // the whole address, query included, up to where it must end: a space, a quote, a bracket
  const address = new RegExp(`${escaped(`${url.protocol}//`)}[^\\s"'<>\\]]*?${escaped(url.host)}[^\\s"'<>\\]]*`, 'gi');
  const query = /X-Amz-[A-Za-z-]+\\*(?:=|%3D)\\*[^\s&"'<>]*/gi;
  return (text) => {
    let clean = text.replace(address, '<source>').replace(query, '<secret>');
    for (const pattern of patterns) clean = clean.replace(pattern, '<secret>');
    return clean;
  };
}

function addSecret(secrets: Set<string>, value: string): void {
  if (value.length < leastSecret) return;
  secrets.add(value);
  secrets.add(encodeURIComponent(value));
}

/** Headers that name the content and do not grant access to it. */
const isHarmless = (name: string) =>
  /^(if-match|if-none-match|range|accept|accept-encoding|user-agent|x-amz-request-payer)$/i.test(name);
/** Names of parameters, and values that every presigned URL has. */
const isHarmlessParameter = (value: string) => /^X-Amz-|^AWS4-HMAC-SHA256$|^UNSIGNED-PAYLOAD$/i.test(value);

/** A pattern for `text` in which backslashes may stand before any character that is not a letter or a digit. */
function escaped(text: string): string {
  return [...text]
    .map((character) =>
      /[A-Za-z0-9]/.test(character) ? character : `\\\\*${character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}`,
    )
    .join('');
}
