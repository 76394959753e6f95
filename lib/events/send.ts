/**
 * One POST. Not by fetch: a function that starts while an event is waiting would wait for Node to load that too, with
 * HTTP/2 and TLS.
 */
import { request } from 'node:http';

export interface Sending {
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal;
}

/** Resolves with the status of the answer once all of it has come; no redirect is followed. Rejects where none came. */
export type Send = (url: string, sending: Sending) => Promise<number>;

export const send: Send = async (url, { headers, body, signal }) => {
  const over = url.startsWith('https:') ? (await import('node:https')).request : request;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const length = String(Buffer.byteLength(body));
  const outgoing = over(url, { method: 'POST', headers: { ...headers, 'content-length': length }, signal }, (incoming) => {
    incoming.once('end', () => resolve(incoming.statusCode as number)).once('error', reject);
    incoming.resume();
  });
  outgoing.once('error', reject).end(body);
  return promise;
};
