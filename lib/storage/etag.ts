/** Etags as S3 makes them: MD5 of what came in one PUT, and of parts the MD5 of their MD5s. */
import { createHash } from 'node:crypto';
import { digestOf, type Range } from './file-range.ts';
import { partsOf } from './part-plan.ts';

export const unquote = (etag: string): string => etag.replace(/^"|"$/g, '');

/** Of an object that was put together from parts with these etags. */
export function combinedEtag(etags: string[]): string {
  const hash = createHash('md5');
  for (const etag of etags) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${etags.length}`;
}

/** Whether an object with this etag was made from this file of ours, whichever way it went. */
export async function isEtagOf(etag: string, path: string, size: number): Promise<boolean> {
  if (!etag.includes('-')) return etag === (await md5(path, { start: 0, length: size }));
  const etags: string[] = [];
  for (const part of partsOf(size)) etags.push(await md5(path, part));
  return etag === combinedEtag(etags);
}

export async function md5(path: string, range: Range): Promise<string> {
  return (await digestOf(path, range, createHash('md5'))).toString('hex');
}
