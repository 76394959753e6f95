/** Posts an event to a subscriber, in binary mode as Knative does. */
import { request } from 'node:http';
import type { CloudEvent } from 'cloudevents';
import type { Answer } from './answer.ts';

/** Hands an event over and resolves with what came back. `timeout` in milliseconds. */
export type Post = (url: string, event: CloudEvent<unknown>, timeout: number, signal: AbortSignal) => Promise<Answer>;

const largestAnswer = 1024 * 1024; // bytes that are read of an answer

/** fetch would give up after 5 minutes without a header, and a transcode may take longer: so this is http's own request. */
export const postEvent: Post = (url, event, timeout, signal) => {
  const limit = AbortSignal.timeout(timeout);
  const { headers, body } = encode(event);
  return new Promise((resolve) => {
    const fail = (error: Error) => {
      const cause = limit.aborted ? `no answer in ${timeout / 1000} s` : error.message;
      resolve({ cause, timedOut: limit.aborted });
    };
    // a connection of its own: one that is kept may be closed by the other side at the very moment it is used
    const sent = request(url, { method: 'POST', headers, agent: false, signal: AbortSignal.any([limit, signal]) }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= largestAnswer) chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        const found = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: new Headers(found), body: Buffer.concat(chunks) });
      });
    });
    sent.once('error', fail);
    sent.end(body);
  });
};

/** Attributes that no header can hold make the event travel whole in the body. */
function encode(event: CloudEvent<unknown>): { headers: Record<string, string>; body: Uint8Array } {
  const { data, datacontenttype, ...attributes } = event.toJSON() as Record<string, unknown>;
  const hop = { prefer: 'reply', 'kn-namespace': 'gst-functions' };
  const pairs = Object.entries(attributes).filter(([name, value]) => value !== undefined && name !== 'data_base64');
  if (pairs.some(([, value]) => !/^[\x20-\x7e]*$/.test(String(value)))) {
    const headers = { ...hop, 'content-type': 'application/cloudevents+json; charset=utf-8' };
    return withLength(headers, Buffer.from(JSON.stringify(event)));
  }
  const headers: Record<string, string> = { ...hop };
  for (const [name, value] of pairs) headers[`ce-${name}`] = String(value);
  const type = String(datacontenttype ?? 'application/json');
  const bytes = event.data instanceof Uint8Array ? event.data : undefined;
  if (data === undefined && bytes === undefined) return withLength(headers, Buffer.alloc(0));
  headers['content-type'] = type;
  return withLength(headers, bytes ?? Buffer.from(isJson(type) ? JSON.stringify(data) : String(data)));
}

function withLength(headers: Record<string, string>, body: Uint8Array) {
  return { headers: { ...headers, 'content-length': String(body.length) }, body };
}

const isJson = (type: string) => /^[^;]*[/+]json\s*(;|$)/i.test(type);
