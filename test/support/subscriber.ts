/** A subscriber on loopback that answers as it is told, and keeps what it got. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Got {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** `lose`: the connection is cut; `hold`: no answer ever comes. */
export type Behaviour = Reply | 'lose' | 'hold';

export async function startSubscriber(answer: (got: Got, count: number) => Behaviour | Promise<Behaviour>) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
    got.push(one);
    const behaviour = await answer(one, got.length);
    if (behaviour === 'lose') request.socket.destroy();
    else if (behaviour !== 'hold') response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
