/** Reads pieces of the source beside the pipeline, under the same access: for the index of an mp4, a few requests. */
import { open, readFile } from 'node:fs/promises';
import * as http from 'node:http';
import type { ReadAccess } from '../storage/types.ts';
import type { ReadAt } from './mp4-boxes.ts';

/** Bytes of the first read: the whole index of a short file, and the heads of all boxes before it. */
const firstRead = 64 * 1024;
/** Longest single read, in milliseconds. */
const readTimeout = 20_000;

export interface SourceReader {
  readAt: ReadAt;
  close(): Promise<void>;
}

export async function sourceReader(source: ReadAccess, signal?: AbortSignal): Promise<SourceReader> {
  const reader = source.kind === 'file' ? await fileReader(source.path) : await httpReader(source, signal);
  let first: Uint8Array | undefined;
  return {
    close: reader.close,
    async readAt(offset, length) {
      if (offset + length > firstRead) return reader.readAt(offset, length);
      first ??= await reader.readAt(0, firstRead);
      return first.subarray(offset, offset + length);
    },
  };
}

async function fileReader(path: string): Promise<SourceReader> {
  const file = await open(path, 'r');
  return {
    async readAt(offset, length) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

async function httpReader(
  { url, headers, caFile, verify }: ReadAccess & { kind: 'http' },
  signal?: AbortSignal,
): Promise<SourceReader> {
  // brings TLS, for which nobody should wait where there is none
  const https = url.startsWith('https:') ? process.getBuiltinModule('node:https') : undefined;
  const agent = https
    ? new https.Agent({ keepAlive: true, ca: caFile ? await readFile(caFile) : undefined, rejectUnauthorized: verify })
    : new http.Agent({ keepAlive: true });
  const get = https ? https.get : http.get;
  return {
    readAt: (offset, length) =>
      new Promise((resolve, reject) => {
        const range = `bytes=${offset}-${offset + length - 1}`;
        const request = get(url, { agent, headers: { ...headers, range }, signal, timeout: readTimeout }, async (answer) => {
          try {
            if (answer.statusCode !== 206) {
              answer.destroy();
              throw new Error(`status ${answer.statusCode}`);
            }
            const pieces: Buffer[] = [];
            for await (const piece of answer) pieces.push(piece as Buffer);
            resolve(Buffer.concat(pieces));
          } catch (error) {
            reject(error);
          }
        });
        request.once('timeout', () => request.destroy(new Error('no answer')));
        request.once('error', reject);
      }),
    async close() {
      agent.destroy();
    },
  };
}
