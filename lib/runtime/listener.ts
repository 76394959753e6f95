/** Answers what comes over a socket. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Fault } from '../errors.ts';
import type { Respond } from './exchange.ts';

export function listenerOf(respond: Respond): RequestListener {
  return async (incoming, outgoing) => {
    const { status, headers, body } = await respond({
      method: incoming.method ?? 'GET',
      target: originForm(incoming.url ?? '/'),
      headers: fieldsOf(incoming),
      body: (limit) => wholeBody(incoming, limit),
      gone: goneSignal(outgoing),
    });
    outgoing.writeHead(status, headers).end(body);
  };
}

/** Path and query of a request's target, which may also be a whole address (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

function fieldsOf({ headers }: IncomingMessage): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) fields.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return fields;
}

function goneSignal(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** What is more than `limit` is read and dropped: whoever sends it reads the answer only then. */
function wholeBody(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLarge = () => reject(new Fault('EVENT_TOO_LARGE', { limit }));
  if (Number(incoming.headers['content-length']) > limit) tooLarge();
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) tooLarge();
    else chunks.push(chunk);
  });
  incoming.once('end', () => resolve(Buffer.concat(chunks)));
  const gone = () => reject(new Fault('CANCELLED', { cause: 'the caller has gone away' }));
  incoming.once('error', gone).once('close', gone);
  return promise;
}
