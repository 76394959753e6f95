/** The scratch disk is full in the middle of a run: a retry may find room, and until then nothing is left and nothing is half. */
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Requested } from '../../../lib/events/types.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { chain, startEngineBench } from '../../support/engine.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { serveProcess } from '../../support/serve.ts';
import { withSmallDisk } from '../../support/small-disk.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';

/** Used for its MinIO, its broker and its media; the process under test is another. */
let bench: TranscodeBench;
let path: string;
beforeAll(async () => {
  bench = await startTranscodeBench();
  path = await makeClip(bench.folder, 'clip.mkv', { audio: false });
});
afterAll(() => bench?.close());

const diskBytes = 2 * 1024 * 1024;
/** One second as raw frames: 7 MB of 640 × 480, 70 kB of 64 × 48. */
const raw = (width: number, height: number): Element[] => [
  { name: 'decodebin', alias: 'd' },
  { goto: 'd' },
  { name: 'videoconvert' },
  { name: 'videoscale' },
  { name: 'capsfilter', properties: { caps: `video/x-raw,format=I420,width=${width},height=${height}` } },
  { name: 'avimux' },
];

describe('a scratch disk of 2 MB', () => {
  it('and an output of 7: SCRATCH_FULL, 503, nothing is left, and a smaller output is made next', async () => {
    const scratchDir = join(bench.folder, 'small-disk');
    await mkdir(scratchDir);
    const small = withSmallDisk(scratchDir, diskBytes);
    if (small === undefined) return await expectFullByDevice();
    const env = { MINIO_ACCESS_KEY: bench.minio.accessKey, MINIO_SECRET_KEY: bench.minio.secretKey };
    const served = await serveProcess(
      'transcode',
      { ...env, K_SINK: bench.broker.url, EVENT_KEY: eventKey, SCRATCH_DIR: scratchDir },
      small,
    );
    try {
      const ask = async (data: Requested) => {
        const headers = { 'content-type': 'application/cloudevents+json' };
        const body = JSON.stringify(requestedEvent(data));
        const response = await fetch(served.url, { method: 'POST', headers, body });
        return [response.status, await response.text()];
      };
      // as the process sees it
      const seen = join('/proc', String(served.pid), 'root', scratchDir);
      const runsLeft = async () => {
        const [own = ''] = await readdir(seen);
        expect(own).toMatch(/^transcode\./); // the disk of that process, not the folder below it
        return (await readdir(join(seen, own))).filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name));
      };
      const source = await bench.upload('in/clip.mkv', path);
      const large = bench.request({ source, elements: raw(640, 480), sinks: { out: 'media/out/large.avi' } });
      expect(await ask(large)).toEqual([503, '']);
      expect(bench.broker.last('retrying', large.job)?.data.error).toMatchObject({ code: 'SCRATCH_FULL', class: 'transient' });
      expect(await bench.keys('out/')).toEqual([]);
      expect(await bench.leftovers(['out/large.avi'])).toEqual([]);
      expect(await runsLeft()).toEqual([]);

      const little = bench.request({ source, elements: raw(64, 48), sinks: { out: 'media/out/little.avi' } });
      expect(await ask(little)).toEqual([204, '']);
      expect((await bench.decoded('out/little.avi')).streams).toMatchObject([{ frames: 15, width: 64 }]);

      // not even the folder of the run can be made
      const other = join(seen, 'other');
      await mkdir(other);
      const fill = async () => {
        for (let n = 0; ; n++) await writeFile(join(other, String(n)), '');
      };
      await expect(fill()).rejects.toMatchObject({ code: 'ENOSPC' });
      const late = bench.request({ source, elements: raw(64, 48), sinks: { out: 'media/out/late.avi' } });
      expect(await ask(late)).toEqual([503, '']);
      expect(bench.broker.last('retrying', late.job)?.data.error).toMatchObject({ code: 'SCRATCH_FULL', class: 'transient' });
      await rm(other, { recursive: true });
      expect(await ask(late)).toEqual([204, '']);
    } finally {
      await served.stop();
    }
  });

  /** Where nobody may mount: a device that takes nothing stands in for the disk. The sandbox would not let a run reach it. */
  async function expectFullByDevice() {
    const open = await startEngineBench({ sandbox: false });
    try {
      const scratch = join(open.scratchRoot, 'run1');
      await mkdir(scratch, { recursive: true });
      await symlink('/dev/full', join(scratch, 'out'));
      const run = open.run(chain('identity'), { kind: 'file', path });
      await expect(run).rejects.toMatchObject({ code: 'SCRATCH_FULL', class: 'transient' });
    } finally {
      await open.close();
    }
  }

  it('or one that takes nothing at all is SCRATCH_FULL as well', () => expectFullByDevice());
});
