/** Tens of thousands of small objects by one request: MinIO takes a tar archive apart. */
import type { Client } from 'minio';

const block = 512; // bytes

/** One byte each. */
export async function putKeys(client: Client, bucket: string, keys: readonly string[]): Promise<void> {
  const content = Buffer.alloc(block);
  content.write('x');
  const archive = Buffer.concat([...keys.flatMap((key) => [header(key, 1), content]), Buffer.alloc(2 * block)]);
  await client.putObject(bucket, 'keys.tar', archive, archive.length, { 'X-Amz-Meta-Snowball-Auto-Extract': 'true' });
}

/** Of a file in a ustar archive (POSIX.1-1988). */
function header(name: string, size: number): Buffer {
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, digits: number) => head.write(value.toString(8).padStart(digits, '0'), at);
  head.write(name, 0);
  octal(0o644, 100, 7); // mode
  octal(0, 108, 7); // owner
  octal(0, 116, 7); // group
  octal(size, 124, 11);
  octal(0, 136, 11); // time
  head.write(' '.repeat(8), 148); // counts as spaces in its own checksum
  head.write('0', 156); // a file
  head.write('ustar\x0000', 257);
  octal(
    head.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  head.write('\x00 ', 154);
  return head;
}
