/** Who would not take the caps of its neighbour: the link whose source pad has caps and whose sink pad has none. */
import { capsToString, miniObjectUnref, objectName, objectUnref, padCurrentCaps, padPeer } from './ffi.ts';
import { eachElement, eachSinkPad, factoryOf } from './walk.ts';

const maxCaps = 200; // characters told

export function capsRefused(pipeline: bigint): { name: string; factory: string; caps: string } | undefined {
  const found = eachElement(pipeline, (element) =>
    eachSinkPad(element, (pad) => {
      const own = padCurrentCaps(pad);
      if (own !== null) {
        miniObjectUnref(own);
        return undefined;
      }
      const peer = padPeer(pad);
      if (peer === null) return undefined;
      const caps = padCurrentCaps(peer);
      objectUnref(peer);
      if (caps === null) return undefined;
      const text = capsToString(caps).replace(/\((?:int|string|fraction|boolean|bitmask)\)/g, '');
      miniObjectUnref(caps);
      return { name: objectName(element), factory: factoryOf(element).factory, caps: text.slice(0, maxCaps) };
    }),
  ).flat();
  return found.find((refusal) => refusal !== undefined);
}
