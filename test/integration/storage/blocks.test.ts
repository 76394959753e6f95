/** The memory of what is sent: few blocks, used again and again, and none before the connection has had it. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../lib/storage/connection.ts';
import { digestOf } from '../../../lib/storage/file-range.ts';
import { sendPart } from '../../../lib/storage/multipart.ts';

const MiB = 1024 * 1024;
const partLength = 8 * MiB;
const numbers = [1, 2, 3];

let folder: string;
let path: string;
let server: Server;
let target: Parameters<typeof sendPart>[0];

/** Takes any PUT, a little at a time, so that its sender must wait; the etag is the SHA-1 of what came. */
function slowStorage(): Server {
  return createServer(async (incoming, answer) => {
    const hash = createHash('sha1');
    for await (const piece of incoming) {
      hash.update(piece);
      for (let n = 0; n < 2; n++) await turn();
    }
    answer.writeHead(200, { etag: `"${hash.digest('hex')}"` }).end();
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-blocks-'));
  path = join(folder, 'out.mkv');
  await writeFile(path, randomBytes(partLength * numbers.length));
  server = slowStorage().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint = { address, tls: false, region: 'us-east-1', credentialsSecret: 'none' };
  target = { connection: connect(endpoint, { accessKey: 'a', secretKey: 'b' }), bucket: 'out', key: 'out.mkv' };
});
afterAll(async () => {
  target?.connection.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

const part = (number: number) => ({ number, start: (number - 1) * partLength, length: partLength });
const send = (some: number[]) =>
  Promise.all(some.map((number) => sendPart(target, { id: 'an upload', path, part: part(number) }, () => {})));

describe('parts that go to a slow storage at the same time', () => {
  it('arrive as they stand in the file', async () => {
    for (const { number, etag, digest } of await send(numbers)) {
      const arrived = await digestOf(path, part(number), createHash('sha1'));
      expect(etag).toBe(arrived.toString('hex'));
      expect(digest).toBe((await digestOf(path, part(number))).toString('base64'));
    }
  });

  it('take a few blocks of memory, however many are sent', async () => {
    await send(numbers);
    const made = vi.spyOn(Buffer, 'allocUnsafeSlow');
    for (let round = 0; round < 4; round++) await send([1, 2]);
    for (const number of numbers) await digestOf(path, part(number));
    const blocks = made.mock.calls.filter(([size]) => size === MiB).length;
    made.mockRestore();
    // 64 are sent and 24 are read for their digest; two parts in flight have no more than are kept
    expect(blocks).toBeLessThanOrEqual(8);
  });
});
