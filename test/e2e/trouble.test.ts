import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from './support/eventually.ts';
import { sweep } from './support/inside.ts';
import { podsOf, reconfigure, systemNamespace } from './support/install.ts';
import { apply, get, kubectl } from './support/kubectl.ts';
import { crashStorage } from './support/storage.ts';
import { lasting, useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-trouble', 'trouble');
beforeAll(async () => {
  await tenant.put('quick');
  await tenant.put('slow', lasting(8));
});
afterAll(() => reconfigure('reconciler', { SWEEP_GRACE_SECONDS: undefined, SWEEP_SILENCE_SECONDS: undefined }));

/** Films of one test for one of the Transforms: the keys of their sources, without the suffix. */
const filmsOf = (transform: 'quick' | 'slow', what: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${transform}/${what} ${index}`);
const keysOf = (films: readonly string[]) => films.map((film) => `${film}.mkv`);
const upload = (films: readonly string[]) => Promise.all(keysOf(films).map(tenant.upload));
const underWay = (films: readonly string[]) =>
  eventually('a run under way', 120, async () =>
    (await tenant.jobs(keysOf(films))).some(({ status }) => status?.state === 'InProgress'),
  );
async function removePods(from: string, selector: string): Promise<void> {
  await kubectl(['delete', 'pods', '-n', from, '-l', selector, '--force', '--grace-period=0']);
}

/** Until all is done, with whole outputs and nothing failed on the way. */
async function allDone(films: readonly string[], seconds: number, each: () => Promise<void> = async () => {}): Promise<void> {
  const failed = new Set<string>();
  await eventually('every Job finished', seconds, async () => {
    await each();
    const jobs = await tenant.jobs(keysOf(films));
    for (const { spec, status } of jobs) if (status?.state === 'Failed') failed.add(`${spec.src.name}: ${status.error?.code}`);
    const finished = jobs.filter(({ status }) => status?.state === 'Finished').length;
    if (finished < films.length) throw new Error(`${finished} of ${films.length}`);
    return true;
  });
  expect([...failed]).toEqual([]);
  for (const film of films) {
    const { streams } = await tenant.storage.decode(tenant.bucket, `out/${film}.mp4`);
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
  }
}

describe('all objects are done in the end', () => {
  it('where the dispatcher is deleted under load', async () => {
    const films = filmsOf('quick', 'dispatcher', 8);
    const uploads = upload(films);
    await eventually('a dispatcher', 60, async () => (await podsOf('dispatcher')).length > 0);
    await removePods(systemNamespace, 'serving.knative.dev/service=dispatcher');
    await uploads;
    await allDone(films, 300);
  });

  it('where the source is away while they arrive: the queue of MinIO keeps them', async () => {
    const { apiVersion, kind, metadata, spec } = await get('services.serving.knative.dev', 'source', '-n', systemNamespace);
    await kubectl(['delete', 'services.serving.knative.dev', 'source', '-n', systemNamespace, '--timeout=120s']);
    const films = filmsOf('quick', 'source', 3);
    try {
      await upload(films);
    } finally {
      const { name, labels } = metadata;
      await apply(stringify({ apiVersion, kind, metadata: { name, namespace: systemNamespace, labels }, spec }));
    }
    await allDone(films, 240);
  });

  it('where MinIO goes and comes again in the middle', async () => {
    const films = filmsOf('slow', 'storage', 3);
    await upload(films);
    await underWay(films);
    await crashStorage();
    await tenant.reconnect();
    await allDone(films, 300);
  });

  it("where the Broker's pods are gone with all that they held: the sweep asks for it", async () => {
    await reconfigure('reconciler', { SWEEP_GRACE_SECONDS: '5', SWEEP_SILENCE_SECONDS: '30' });
    await sweep(); // the place is known from now on
    const films = filmsOf('slow', 'broker', 4);
    await upload(films);
    await underWay(films);
    for (const selector of ['eventing.knative.dev/brokerRole', 'messaging.knative.dev/role=dispatcher']) {
      await removePods('knative-eventing', selector);
    }
    await allDone(films, 400, sweep);
  });
});
