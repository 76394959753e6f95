/** The transport under the minio package: it bounds each request in time, ties it to a signal, and notes what the server said. */
import type * as http from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** What was seen of one request and its answer. */
export interface Exchange {
  /** True once a byte may have reached the server: what failed after that may have happened all the same. */
  reached?: boolean;
  status?: number;
  /** From `x-minio-error-code`, which tells more than a HEAD's bare status. */
  errorCode?: string;
  /** The server's clock, from `Date`. */
  serverTime?: Date;
}

export interface Bounds {
  connectTimeout: number;
  idleTimeout: number;
  signal?: AbortSignal;
  /** Given each block of a streamed body once the system has it: its memory may be used again. */
  onWritten?: (block: Uint8Array) => void;
}

type Request = typeof http.request;

/** For the minio package's `transport` option, which calls it as `transport.request(options, onResponse)`. */
export function boundedTransport(request: Request, bounds: Bounds, exchange: Exchange): { request: Request } {
  const bounded = (options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const outgoing = request({ ...options, signal: bounds.signal, timeout: bounds.idleTimeout }, (response) => {
      note(response, exchange);
      onResponse(response);
    });
    if (bounds.onWritten) tellWritten(outgoing, bounds.onWritten);
    outgoing.once('timeout', () => outgoing.destroy(timedOut(`nothing came or went for ${bounds.idleTimeout} ms`)));
    outgoing.once('socket', (socket) => {
      // a kept connection that the server has just closed took nothing
      if (!outgoing.reusedSocket) watchConnect(socket, outgoing, bounds, exchange);
    });
    return outgoing;
  };
  return { request: bounded as Request };
}

/** A stream is piped into a request, which says nothing of each block: hence its `write` is listened to. */
function tellWritten(outgoing: http.ClientRequest, onWritten: (block: Uint8Array) => void): void {
  const write = outgoing.write.bind(outgoing);
  outgoing.write = (block: Uint8Array) =>
    write(block, (error) => {
      if (!error) onWritten(block); // else the system may still be at it
    });
}

function watchConnect(socket: Socket, outgoing: http.ClientRequest, { connectTimeout }: Bounds, exchange: Exchange): void {
  const timer = setTimeout(() => outgoing.destroy(timedOut(`no connection within ${connectTimeout} ms`)), connectTimeout);
  const ready = 'encrypted' in (socket as TLSSocket) ? 'secureConnect' : 'connect';
  socket.once(ready, () => {
    exchange.reached = true;
    clearTimeout(timer);
  });
  outgoing.once('close', () => clearTimeout(timer));
}

function note(response: http.IncomingMessage, exchange: Exchange): void {
  const { 'x-minio-error-code': errorCode, date } = response.headers;
  exchange.reached = true;
  exchange.status = response.statusCode;
  if (typeof errorCode === 'string') exchange.errorCode = errorCode;
  if (date) exchange.serverTime = new Date(date);
  // the minio package drops these answers unread, which would keep their socket for ever
  if ((response.statusCode ?? 0) >= 500 || response.statusCode === 429 || response.statusCode === 408) response.resume();
}

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
