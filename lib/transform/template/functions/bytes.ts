/** Lengths and cuts in bytes, as Go counts them; a cut within a character moves to its beginning. */

export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** @throws Error where the bounds are not within the text, as Go panics */
export function byteSlice(text: string, start: number, end: number): string {
  const bytes = Buffer.from(text);
  if (start < 0 || end > bytes.length || start > end)
    throw new Error(`${start} to ${end} is out of the ${bytes.length} bytes there are`);
  return bytes.subarray(boundary(bytes, start), boundary(bytes, end)).toString('utf8');
}

function boundary(bytes: Uint8Array, index: number): number {
  let at = index;
  while (at > 0 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}
