import { expect, it } from 'vitest';
import type { ObjectStore } from '../../../lib/storage/index.ts';
import { untilStopped } from '../../support/fake-engine.ts';
import { type FakeTranscode, fakeTranscode } from '../../support/transcode-fakes.ts';

/** Uploads that come to `step` and no further, until they are stopped. */
const hanging = (store: ObjectStore, step: 'finish' | 'complete', onAbort: () => void): ObjectStore => ({
  ...store,
  upload(...place) {
    const upload = store.upload(...place);
    return {
      ...upload,
      [step]: (signal: AbortSignal) => untilStopped(signal),
      async abort() {
        onAbort();
        await upload.abort();
      },
    };
  },
});

it.each(['finish', 'complete'] as const)(
  'an upload whose %s takes longer than it may ends as STORAGE_WRITE, to be tried again',
  async (step) => {
    let aborts = 0;
    const transcode: FakeTranscode = await fakeTranscode({
      uploadTimeout: 0.05,
      store: async () => hanging(transcode.store, step, () => aborts++),
    });
    try {
      const source = await transcode.source('in/a.mkv');
      const response = await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }));
      expect(response.status).toBe(503);
      expect(transcode.events.at(-1)?.data.error).toMatchObject({
        code: 'STORAGE_WRITE',
        class: 'transient',
        message: expect.stringContaining('not done 0.05 s after the pipeline had ended'),
      });
      expect(aborts).toBe(1);
      expect(await transcode.store.stat('media', 'out/a.mp4')).toBeUndefined();
      expect(await transcode.scratch()).toEqual([]);
    } finally {
      await transcode.remove();
    }
  },
);
