/** What the head of a branch would take: caps, as far downstream as they are known. */
import { binGetByName, capsToString, miniObjectUnref, objectUnref, padQueryCaps, staticPad } from './ffi.ts';

export function wantedCaps(pipeline: bigint, name: string): string {
  const element = binGetByName(pipeline, name);
  if (element === null) return '';
  const pad = staticPad(element, 'sink');
  objectUnref(element);
  if (pad === null) return '';
  const caps = padQueryCaps(pad, null);
  objectUnref(pad);
  if (caps === null) return '';
  const text = capsToString(caps);
  miniObjectUnref(caps);
  // media types alone: "audio/x-raw"; the rest is formats
  return [...new Set([...text.matchAll(/(?:^|;\s*)([a-z]+\/[a-z0-9.+-]+)/gi)].map((match) => match[1]))].join(' or ');
}
