/**
 * An HTTP request and its answer in plain values. The classes of fetch (Request, Response, Headers) are for callers without
 * a socket: who touches one of them has Node load all of fetch, HTTP/2 and TLS, which takes a sixth of a cold start.
 */
import { Fault } from '../errors.ts';
import type { HeaderFields } from '../events/receive.ts';

export interface Asked {
  method: string;
  /** Path and query. */
  target: string;
  headers: HeaderFields;
  /** The body, once it is whole. Rejects with EVENT_TOO_LARGE where it has more than `limit` bytes, as soon as that is known. */
  body(limit: number): Promise<Uint8Array>;
  /** Aborted when the caller has gone away. */
  gone: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body?: string;
}

export type Respond = (asked: Asked) => Promise<Answer>;

/** `respond` as `Request → Response`. */
export const overFetch =
  (respond: Respond) =>
  async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const { status, headers, body } = await respond({
      method: request.method,
      target: pathname + search,
      headers: request.headers,
      body: (limit) => wholeBody(request.body ?? [], limit),
      gone: request.signal,
    });
    return new Response(body ?? null, { status, headers });
  };

async function wholeBody(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new Fault('EVENT_TOO_LARGE', { limit });
    found.push(chunk);
  }
  return Buffer.concat(found);
}
