/** What the head of a branch would take: the media types of the first element behind it that does not take anything. */
import {
  binGetByName,
  capsIsAny,
  capsToString,
  miniObjectUnref,
  objectParent,
  objectUnref,
  type Pointer,
  padDirection,
  padPeer,
  padTemplateCaps,
  staticPad,
} from './ffi.ts';
import { eachPad } from './walk.ts';

/** Elements that pass on whatever comes (queue, tee, identity) that are looked through, at most. */
const maxDepth = 16;

/** `audio/x-raw or audio/mpeg`; empty where it takes anything. By templates alone: asking for caps takes converters a second. */
export function wantedCaps(pipeline: bigint, name: string): string {
  const element = binGetByName(pipeline, name);
  if (element === null) return '';
  let pad = staticPad(element, 'sink');
  objectUnref(element);
  let types = '';
  for (let depth = 0; pad !== null && types === '' && depth < maxDepth; depth++) {
    types = templateTypes(pad);
    const next: Pointer = types === '' ? nextSinkPad(pad) : null;
    objectUnref(pad);
    pad = next;
  }
  if (pad !== null) objectUnref(pad);
  return types;
}

function templateTypes(pad: bigint): string {
  const caps = padTemplateCaps(pad);
  if (caps === null) return '';
  const text = capsIsAny(caps) ? '' : capsToString(caps);
  miniObjectUnref(caps);
  return [...new Set([...text.matchAll(/(?:^|;\s*)([a-z]+\/[a-z0-9.+-]+)/gi)].map((match) => match[1]))].join(' or ');
}

/** The pad that the element of `pad` is linked to; owned by the caller. */
function nextSinkPad(pad: bigint): Pointer {
  const element = objectParent(pad);
  if (element === null) return null;
  let found: Pointer = null;
  eachPad(element, (other) => {
    if (found === null && padDirection(other) === 1) found = padPeer(other); // GST_PAD_SRC
  });
  objectUnref(element);
  return found;
}
