/** Whether an etag is that of a file of ours: MD5 of the whole (one PUT, or a directory), or that of the parts. */
import { createHash } from 'node:crypto';
import { readRange } from './file-range.ts';
import { combinedEtag } from './multipart.ts';
import { partsOf } from './part-plan.ts';

export async function isEtagOf(etag: string, path: string, size: number): Promise<boolean> {
  if (!etag.includes('-')) return etag === (await md5(path, 0, size));
  const etags: string[] = [];
  for (const { start, length } of partsOf(size)) etags.push(await md5(path, start, length));
  return etag === combinedEtag(etags);
}

async function md5(path: string, start: number, length: number): Promise<string> {
  const hash = createHash('md5');
  for await (const _ of readRange(path, { start, length }, (block) => hash.update(block)));
  return hash.digest('hex');
}
