/** The whole body of an answer. Rejects where the connection broke off before its end. */
import type { IncomingMessage } from 'node:http';

export async function readBody(response: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of response) blocks.push(block);
  return Buffer.concat(blocks);
}
