/** The Broker's address: takes CloudEvents by HTTP in either mode, and answers 202 when it has them. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Fault } from '../../../lib/errors.ts';
import { readCloudEvent } from '../../../lib/events/index.ts';
import type { Broker } from './broker.ts';

export interface Ingress {
  /** What K_SINK is set to. */
  url: string;
  close(): Promise<void>;
}

const largestEvent = 1024 * 1024; // bytes

export function createIngressApp(broker: Pick<Broker, 'accept'>): Hono {
  const app = new Hono();
  const refuse = (error: unknown) => new Response(null, { status: Fault.from(error).status });
  const limit = bodyLimit({
    maxSize: largestEvent,
    onError: () => refuse(new Fault('EVENT_TOO_LARGE', { limit: largestEvent })),
  });
  app.post('*', limit, async (c) => {
    const { headers } = c.req.raw;
    broker.accept(readCloudEvent(headers, new Uint8Array(await c.req.arrayBuffer())));
    return new Response(null, { status: 202 });
  });
  app.all('*', () => new Response(null, { status: 405, headers: { allow: 'POST' } }));
  app.onError(refuse);
  return app;
}

/** Listens on a free port of loopback. */
export async function startIngress(broker: Pick<Broker, 'accept'>): Promise<Ingress> {
  const server = createAdaptorServer({ fetch: createIngressApp(broker).fetch, hostname: 'broker' }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
