/** Whether this job's outputs are there already, and whether its output keys are its own to write. */
import { Fault } from '../../lib/errors.ts';
import type { Requested, StoredOutput } from '../../lib/events/types.ts';
import { manifestKey } from '../../lib/storage/index.ts';
import type { ObjectStat } from '../../lib/storage/types.ts';
import { guessContentType } from '../../lib/transform/index.ts';
import { standing } from './marks.ts';
import { isDirectory, type OutputSink } from './outputs.ts';

/**
 * The outputs of an earlier run of the same job, or undefined where work is to be done.
 *
 * @throws Fault OUTPUT_COLLISION where an output key holds an object that was not made from this source
 */
export async function finishedOutputs(
  sinks: OutputSink[],
  request: Requested,
  signal?: AbortSignal,
): Promise<StoredOutput[] | undefined> {
  const found = await Promise.all(
    sinks.map(async ({ sink, store }) => {
      // the manifest is written last, so it stands for the whole directory
      const key = isDirectory(sink) ? manifestKey(sink.key) : sink.key;
      return { sink, stat: await store.stat(sink.bucket, key, { signal }) };
    }),
  );
  for (const { sink, stat } of found) {
    if (standing(stat, request) === 'foreign' && !sink.overwrite) {
      throw new Fault('OUTPUT_COLLISION', { bucket: sink.bucket, key: sink.key });
    }
  }
  const done = found.filter(
    (output): output is typeof output & { stat: ObjectStat } => standing(output.stat, request) === 'done',
  );
  const expected = done[0]?.stat.metadata['gst-outputs']?.split(',') ?? sinks.map(({ sink }) => sink.name);
  if (done.length === 0 || !expected.every((name) => done.some(({ sink }) => sink.name === name))) return undefined;
  return done.map(({ sink, stat }) => ({
    name: sink.name,
    bucket: sink.bucket,
    key: sink.key,
    etag: stat.etag,
    size: stat.size,
    contentType: stat.contentType ?? guessContentType(sink.key),
  }));
}
