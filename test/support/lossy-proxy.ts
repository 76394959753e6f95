/** A proxy before an HTTP server that can break off at a chosen moment. The Host header stays, so signatures hold. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LossyProxy {
  /** `host:port`, in place of the server's. */
  readonly address: string;
  /** Requests seen, as `METHOD path?query`. */
  readonly seen: string[];
  close(): void;
}

export type Fate =
  | 'pass'
  | 'lose answer'
  | 'refuse'
  | { status: number; body?: string }
  /** The answer breaks off after so many bytes; or no more of them come, and the connection stays. `rate`: bytes a second. */
  | { bytes: number; end: 'cut' | 'stall'; rate?: number };

/** `fate` is asked for each request: whether it and its answer pass, its answer gets lost, or it never arrives. */
export async function lossyProxy(
  upstream: string,
  fate: (incoming: IncomingMessage, count: number) => Fate,
): Promise<LossyProxy> {
  const [host, port] = upstream.split(':');
  const seen: string[] = [];
  const server = createServer((incoming, answer) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const verdict = fate(incoming, seen.length);
    if (verdict === 'refuse') return void incoming.socket.destroy();
    if (typeof verdict === 'object' && 'status' in verdict) return void answer.writeHead(verdict.status).end(verdict.body);
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host, port, method, path, headers }, (response) => {
      if (verdict === 'lose answer') {
        response.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 500, response.headers);
      if (typeof verdict === 'object') return breakOff(response, answer, verdict);
      response.pipe(answer);
    });
    outgoing.once('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function breakOff(
  response: IncomingMessage,
  answer: ServerResponse,
  { bytes, end, rate }: Extract<Fate, { bytes: number }>,
): Promise<void> {
  answer.once('close', () => response.destroy());
  let left = bytes;
  if (left === 0) answer.flushHeaders();
  const pieces = async function* (chunk: Buffer) {
    const step = rate ?? chunk.length;
    for (let at = 0; at < chunk.length; at += step) yield chunk.subarray(at, at + step);
  };
  try {
    for await (const chunk of response) {
      for await (const piece of pieces(chunk as Buffer)) {
        if (left < 0) continue; // read to its end: only the answer stands still
        answer.write(piece.subarray(0, left));
        left -= piece.length;
        if (left <= 0 && end === 'cut') setImmediate(() => answer.destroy());
        else if (rate !== undefined) await sleep(1_000);
      }
    }
    if (left > 0) answer.end();
  } catch {
    // the reader has gone
  }
}
