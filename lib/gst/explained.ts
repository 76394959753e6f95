/**
 * Why an mp4 or mov cannot be read, by the boxes that it has. Of all such files qtdemux says that there are "no playable
 * streams", which sounds like a film that is damaged; and of some it says nothing, but goes round in circles.
 */
import { Fault, type FaultCode } from '../errors.ts';
import { maxTopBoxes, type ReadAt, topBoxes } from './mp4-boxes.ts';
import { sourceReader } from './source-reader.ts';
import type { Engine } from './types.ts';

/** Longest time that is spent on it, in milliseconds: a fault that comes late is worse than one that says little. */
const longest = 10_000;
/** Ends that such a file may bring about. */
const unclear: ReadonlySet<FaultCode> = new Set(['MEDIA_CORRUPT', 'STALLED']);
/** Brands of pictures and their sequences (ISO/IEC 23008-12, AVIF), which `ftyp` begins with. */
const pictures = /^(mif1|msf1|hei[cmsx]|hev[cmsx]|avi[fs])$/;

export const inOwnWords =
  (run: Engine['run'], atMost = longest): Engine['run'] =>
  async (request, observer, signal) => {
    try {
      return await run(request, observer, signal);
    } catch (error) {
      const fault = Fault.from(error);
      if (!unclear.has(fault.code)) throw error;
      const within = AbortSignal.any([signal, AbortSignal.timeout(atMost)]);
      const reader = await sourceReader(request.source, within).catch(() => undefined);
      if (!reader) throw error;
      try {
        throw (await explanationOf(fault, reader.readAt, request.sourceSize)) ?? error;
      } finally {
        await reader.close();
      }
    }
  };

/** The fault as the boxes tell it, or undefined where they tell nothing. */
export async function explanationOf(fault: Fault, readAt: ReadAt, size: number): Promise<Fault | undefined> {
  const { element, debug } = fault;
  const as = (code: FaultCode, cause: string) => new Fault(code, { element: 'qtdemux', cause }, { cause: fault, element, debug });
  const types: string[] = [];
  try {
    for await (const { type, offset, content, size: length } of topBoxes(readAt, size)) {
      if (type === 'moov' && offset + length > size) return undefined; // of which qtdemux says that it is incomplete
      const brand = type === 'ftyp' ? Buffer.from(await readAt(offset + content, 4)).toString('latin1') : '';
      if (pictures.test(brand)) return as('MEDIA_UNSUPPORTED', `it is a picture in HEIF (${brand})`);
      types.push(type);
    }
  } catch {
    return undefined; // the fault that is there says more than that it cannot be explained
  }
  const has = (type: string) => types.includes(type);
  if (types.length === 0 || types.length === maxTopBoxes) return undefined;
  if (has('moof') && !has('moov'))
    return as('MEDIA_CORRUPT', 'it is a segment of a film without its initialisation segment (moov)');
  if (!has('moov')) return as('MEDIA_CORRUPT', 'it has no index (moov), as where a recording was not brought to its end');
  if (!has('mdat')) return as('MEDIA_CORRUPT', 'it has an index (moov) and no frames (mdat), as an initialisation segment has');
  return undefined;
}
