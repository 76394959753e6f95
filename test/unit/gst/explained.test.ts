import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { explanationOf, inOwnWords } from '../../../lib/gst/explained.ts';
import type { RunRequest } from '../../../lib/gst/types.ts';
import type { ReadAccess } from '../../../lib/storage/types.ts';

const box = (type: string, content = '') => {
  const bytes = Buffer.alloc(8 + content.length);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(type + content, 4, 'latin1');
  return bytes;
};
const ftyp = (brand: string) => box('ftyp', `${brand}\0\0\0\0`);
const explain = (...parts: Buffer[]) => {
  const file = Buffer.concat(parts);
  return explanationOf(fault, async (offset, length) => file.subarray(offset, offset + length), file.length);
};
const fault = new Fault('MEDIA_CORRUPT', { element: 'qtdemux', cause: 'no known streams found' }, { element: 'd/qtdemux0' });

describe('why an mp4 cannot be read', () => {
  const heif = (brand: string) => `No element can read this input: it is a picture in HEIF (${brand})`;
  const cannot = 'The input cannot be read by qtdemux: it';
  const cases: Array<[what: string, parts: Buffer[], message: string]> = [
    ['a picture of a telephone', [ftyp('heic'), box('meta'), box('mdat', 'x')], heif('heic')],
    ['a picture in AV1', [ftyp('avif'), box('meta'), box('mdat', 'x')], heif('avif')],
    [
      'a segment',
      [box('styp', 'msdh'), box('sidx'), box('moof'), box('mdat', 'x')],
      `${cannot} is a segment of a film without its initialisation segment (moov)`,
    ],
    [
      'a segment that begins at once',
      [box('moof'), box('mdat', 'x')],
      `${cannot} is a segment of a film without its initialisation segment (moov)`,
    ],
    [
      'an initialisation segment',
      [ftyp('iso5'), box('moov')],
      `${cannot} has an index (moov) and no frames (mdat), as an initialisation segment has`,
    ],
    [
      'a recording without an end',
      [ftyp('isom'), box('mdat', 'xxxxxxxx').subarray(0, 12)],
      `${cannot} has no index (moov), as where a recording was not brought to its end`,
    ],
  ];
  it.each(cases)('%s', async (_what, parts, message) => {
    expect(await explain(...parts)).toMatchObject({ message, cause: fault, element: 'd/qtdemux0', class: 'permanent' });
  });

  const untold: Array<[what: string, parts: Buffer[]]> = [
    ['a file that has all it needs', [ftyp('isom'), box('moov'), box('mdat', 'x')]],
    ['a file that is cut off in its index', [ftyp('isom'), box('moov', 'xxxxxxxx').subarray(0, 12)]],
    ['another type of file', [Buffer.from('RIFF....WAVE and more')]],
    ['more boxes than are looked at', [ftyp('isom'), ...Array.from({ length: 70 }, () => box('free'))]],
  ];
  it.each(untold)('is not told of %s', async (_what, parts) => {
    expect(await explain(...parts)).toBeUndefined();
  });

  it('is not told where the file cannot be read', async () => {
    expect(await explanationOf(fault, () => Promise.reject(new Error('gone')), 100)).toBeUndefined();
  });

  it('is not waited for where the storage gives no answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const source: ReadAccess = { kind: 'http', url: `http://127.0.0.1:${port}/`, headers: {}, verify: true };
    const run = inOwnWords(() => Promise.reject(fault), 10);
    await expect(run({ source, sourceSize: 100 } as RunRequest, {}, new AbortController().signal)).rejects.toBe(fault);
    silent.close();
  });
});
