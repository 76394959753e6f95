import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { request, sweep } from './support/inside.ts';
import { reconfigure } from './support/install.ts';
import { kubectl } from './support/kubectl.ts';
import { putKeys } from './support/many-keys.ts';
import { storageAddress } from './support/storage.ts';
import { useTenant } from './support/tenant.ts';

const count = 20_000;
const page = 1000; // keys that MinIO lists in one answer
const looks = 10; // objects that a round looks at one by one

const tenant = useTenant('gst-e2e-many', 'many');
beforeAll(async () => {
  // without notifications, so that it is left to the sweep to find what was uploaded
  await reconfigure('reconciler', {
    SWEEP_GRACE_SECONDS: '1',
    SWEEP_MAX_REQUESTS: String(looks),
    MINIO_NOTIFICATION_ARN: undefined,
  });
});
afterAll(() =>
  reconfigure('reconciler', {
    SWEEP_GRACE_SECONDS: undefined,
    SWEEP_MAX_REQUESTS: undefined,
    MINIO_NOTIFICATION_ARN: 'arn:minio:sqs::GST:webhook',
  }),
);

/** What MinIO has answered so far, by the name of the request. */
async function answered(): Promise<Map<string, number>> {
  const { body } = await request(`http://${storageAddress}/minio/metrics/v3/api/requests`);
  const counts = [...body.matchAll(/^minio_api_requests_total\{name="(\w+)",.*type="s3"\} (\d+)/gm)];
  return new Map(counts.map(([, name = '', number]) => [name, Number(number)]));
}

/** Requests that MinIO got meanwhile: how many lists of keys, and how many of other kinds. */
async function costOf(work: () => Promise<void>): Promise<{ lists: number; others: number }> {
  const before = await answered();
  await work();
  const cost = { lists: 0, others: 0 };
  for (const [name, number] of await answered()) {
    cost[name.startsWith('ListObjectsV2') ? 'lists' : 'others'] += number - (before.get(name) ?? 0);
  }
  return cost;
}

async function watch(name: string): Promise<void> {
  await tenant.applyOnly(name, ({ spec }) => {
    spec.src.minio.key = 'many/';
  });
  await eventually('a valid Transform', 60, async () => (await tenant.condition(name, 'Ready'))?.status === 'True');
}

describe(`the sweep over ${count} keys`, () => {
  it('that are all news asks for no more in a round than it may, and goes on from there', async () => {
    await watch('news');
    await sweep(); // the place is known from now on
    await putKeys(
      tenant.storage.client,
      tenant.bucket,
      Array.from({ length: count }, (_, index) => `many/${String(index).padStart(5, '0')}.mkv`),
    );
    for (let round = 1; round <= 2; round++) {
      const { lists, others } = await costOf(sweep);
      expect(lists).toBeGreaterThan(0);
      expect(lists).toBeLessThanOrEqual(count / page + 1);
      // one for each that is looked at, and those of the runs that were asked for
      expect(others).toBeLessThanOrEqual(10 * looks * round);
      await eventually('all that were asked for at their end', 240, async () => {
        const ended = (await tenant.jobs()).filter(({ status }) => status?.state === 'Failed').length;
        if (ended < round * looks) throw new Error(`${ended} ended`);
        return true;
      });
      expect((await tenant.jobs()).length).toBe(round * looks);
    }
    await kubectl(['delete', 'transform', 'news', '-n', tenant.namespace]);
  });

  it('that are no news costs as many requests as there are pages', async () => {
    await watch('old');
    await sweep();
    for (let round = 1; round <= 2; round++) {
      const { lists, others } = await costOf(sweep);
      expect(lists).toBeGreaterThanOrEqual(count / page);
      expect(lists).toBeLessThanOrEqual(count / page + 1);
      expect(others).toBe(0);
    }
  });
});
