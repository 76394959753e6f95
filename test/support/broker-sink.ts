/** In place of the Broker's ingress: keeps the events that are posted to it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PostedEvent {
  type: string;
  id: string;
  subject: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of every kind
  data: any;
  [attribute: string]: unknown;
}

export interface BrokerSink {
  readonly url: string;
  /** In the order in which they came. */
  readonly events: PostedEvent[];
  /** Last word of the type, such as `started`; of one job where one is named. */
  kinds(job?: string): string[];
  /** The last event of that kind. */
  last(kind: string, job?: string): PostedEvent | undefined;
  /** What the next posts are answered with; 202 unless told. */
  answerWith(status: (event: PostedEvent) => number): void;
  close(): Promise<void>;
}

export async function startBrokerSink(): Promise<BrokerSink> {
  const events: PostedEvent[] = [];
  let status: (event: PostedEvent) => number = () => 202;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const event = JSON.parse(Buffer.concat(chunks).toString('utf8')) as PostedEvent;
    const answer = status(event);
    if (answer < 300) events.push(event);
    response.writeHead(answer).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const of = (job?: string) => events.filter(({ subject }) => job === undefined || subject === job);
  const kindOf = ({ type }: PostedEvent) => type.slice(type.lastIndexOf('.') + 1);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    events,
    kinds: (job) => of(job).map(kindOf),
    last: (kind, job) => of(job).findLast((event) => kindOf(event) === kind),
    answerWith(next) {
      status = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
