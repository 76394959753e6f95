import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { watchStages } from '../../../cli/demo/stages.ts';

const event = (kind: string, data: Record<string, unknown> = {}) =>
  new CloudEvent<unknown>({ type: `io.gst.pipelines.transform.${kind}`, source: '/t', subject: 'job', data });
const error = { code: 'MEDIA_EMPTY', class: 'permanent', message: 'The input holds no data.', remedy: 'Check it.' };

function watch() {
  const said: string[] = [];
  return { said, ...watchStages((stage, text) => said.push(`${stage}: ${text}`)) };
}

describe('the stages of the demo', () => {
  it('are told as their events come, and end with the outputs', async () => {
    const { said, onEvent, done, times } = watch();
    onEvent(new CloudEvent<unknown>({ type: 'com.amazonaws.s3.ObjectCreated:Put', source: 'minio:s3..b' }));
    onEvent(event('requested'));
    onEvent(event('started', { run: 'R' }));
    onEvent(event('succeeded', { outputs: [{ bucket: 'b', key: 'k' }] }));
    expect(said).toEqual([
      'event: com.amazonaws.s3.ObjectCreated:Put from minio:s3..b',
      'requested: job job',
      'started: run R',
      'succeeded: b/k',
    ]);
    expect(await done).toMatchObject({ outputs: [{ key: 'k' }] });
    expect(times).toMatchObject({ object: expect.any(Number), requested: expect.any(Number), started: expect.any(Number) });
  });

  it('go on after a failure that is tried again', async () => {
    const { said, onEvent, done } = watch();
    onEvent(event('retrying', { error }));
    onEvent(event('succeeded', { outputs: [] }));
    expect(said[0]).toBe('retrying: MEDIA_EMPTY: The input holds no data.');
    await expect(done).resolves.toBeDefined();
  });

  it.each([
    ['failed', { error }, 'The input holds no data. Check it.'],
    ['skipped', { reason: 'gone', message: 'It is gone.' }, 'skipped: It is gone.'],
  ])('end with the reason of a job that %s', async (kind, data, told) => {
    const { onEvent, done } = watch();
    onEvent(event(kind, data));
    await expect(done).rejects.toThrow(told);
  });
});
