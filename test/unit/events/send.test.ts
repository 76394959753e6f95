import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../../../lib/events/send.ts';

let server: Server | undefined;
afterEach(() => void server?.close().closeAllConnections());

async function listening(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ns/b?c=d`;
}
const sending = (signal = new AbortController().signal) => ({ headers: { 'x-a': 'b' }, body: 'ü', signal });

describe('a POST', () => {
  it('has its headers and the bytes of its body, and resolves with the status of the answer', async () => {
    const seen: unknown[] = [];
    const url = await listening(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      seen.push(request.method, request.url, request.headers['x-a'], request.headers['content-length']);
      seen.push(Buffer.concat(chunks).toString());
      response.writeHead(202).end('a body that nobody reads');
    });
    expect(await send(url, sending())).toBe(202);
    expect(seen).toEqual(['POST', '/ns/b?c=d', 'b', '2', 'ü']);
  });

  it('uses a connection again, whatever was answered over it', async () => {
    const ports = new Set<number | undefined>();
    const url = await listening((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(ports.size === 0 ? 202 : 503).end('x'.repeat(100_000));
      request.resume();
    });
    for (let turn = 0; turn < 3; turn++) expect(await send(url, sending())).toBe(503);
    expect(ports.size).toBe(1);
  });

  it('follows no redirect', async () => {
    const url = await listening((_request, response) => void response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await send(url, sending())).toBe(307);
  });

  it.each([
    ['before the answer', () => {}],
    [
      'while it comes',
      (response: { writeHead(status: number): unknown; write(text: string): unknown }) => {
        response.writeHead(200);
        response.write('begun');
      },
    ],
  ])('ends by its signal %s', async (_when, answer) => {
    const end = new AbortController();
    const url = await listening((_request, response) => {
      answer(response);
      setImmediate(() => end.abort());
    });
    await expect(send(url, sending(end.signal))).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('that nobody takes fails with the reason', async () => {
    const url = await listening(() => {});
    await new Promise((resolve) => server?.close(resolve));
    await expect(send(url, sending())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
