/** Whether an element has pads on a side: from the catalogue, else by the way in which GStreamer's elements are named. */
import type { Catalogue } from './catalogue/types.ts';

/** Nothing can be linked to it: `videotestsrc`. */
export function hasNoSinkPad(factory: string, catalogue: Catalogue | undefined): boolean {
  const info = catalogue?.element(factory);
  return info ? info.pads.every(({ direction }) => direction !== 'sink') : /src$/.test(factory);
}

/** It ends a branch: `hlssink2`. */
export function hasNoSourcePad(factory: string, catalogue: Catalogue | undefined): boolean {
  const info = catalogue?.element(factory);
  return info ? info.pads.every(({ direction }) => direction !== 'src') : /sink\d*$/.test(factory);
}
