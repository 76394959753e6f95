import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { sweep } from './support/inside.ts';
import { limitRequests, podsOf, systemNamespace } from './support/install.ts';
import { get, kubectl } from './support/kubectl.ts';
import { lasting, useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-burst', 'burst');

const namesOf = (what: string, count: number) => Array.from({ length: count }, (_, index) => `${what} ${index}`);
const keysOf = (transform: string, names: readonly string[]) => names.map((name) => `${transform}/${name}.mkv`);
const upload = (transform: string, names: readonly string[]) => Promise.all(keysOf(transform, names).map(tenant.upload));
/** How often each output was made. */
const outputs = async (folder: string, names: readonly string[]) => {
  const versions = await tenant.storage.versions(tenant.bucket, `out/${folder}/`);
  return names.map((name) => versions.get(`out/${folder}/${name}.mp4`) ?? 0);
};
const once = (names: readonly string[]) => names.map(() => 1);

/** Until the record of each is Finished. */
async function allFinished(keys: readonly string[], seconds: number): Promise<void> {
  await eventually(`${keys.length} finished Jobs`, seconds, async () => {
    const jobs = await tenant.jobs(keys);
    const states = Object.entries(Object.groupBy(jobs, ({ status }) => status?.state ?? 'none'));
    if (jobs.length === keys.length && jobs.every(({ status }) => status?.state === 'Finished')) return true;
    throw new Error(states.map(([state, group]) => `${state} ${group?.length}`).join(', '));
  });
}

/** How the Trigger of transcode delivers. */
const deliver = (delivery: { retry: number; timeout: string }) =>
  kubectl(['patch', 'trigger', 'transcode', '-n', systemNamespace, '--type=merge', '-p', JSON.stringify({ spec: { delivery } })]);

describe('many objects at once', () => {
  it('are all done, none lost and none twice, by no more pods than there may be', async () => {
    await tenant.put('quick');
    const names = namesOf('film', 30);
    let most = 0;
    await upload('quick', names);
    await eventually('30 outputs', 500, async () => {
      const pods = (await podsOf('transcode')).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      most = Math.max(most, pods.length);
      const made = (await outputs('quick', names)).filter((count) => count > 0).length;
      if (made < names.length) throw new Error(`${made} outputs`);
      return true;
    });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    await allFinished(keysOf('quick', names), 120);
    expect(await outputs('quick', names)).toEqual(once(names));
    const { streams } = await tenant.storage.decode(tenant.bucket, 'out/quick/film 29.mp4');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
  });

  it('keep the work that they were asked for where the Transform is changed while they wait, and later ones get the new', async () => {
    await tenant.put('edited', lasting(6));
    const [before, after] = [namesOf('before', 10), namesOf('after', 4)];
    await upload('edited', before);
    await eventually('one at work, and others behind it', 120, async () => {
      const jobs = await tenant.jobs(keysOf('edited', before));
      const working = jobs.filter(({ status }) => status?.state === 'InProgress').length;
      const done = jobs.filter(({ status }) => status?.state === 'Finished').length;
      return jobs.length === before.length && working > 0 && working + done < before.length;
    });
    await tenant.put('edited', (written) => {
      written.spec.sink.minio.key = 'out/anew/{{ .SrcName }}.mp4';
    });
    await eventually('the change seen', 60, async () => {
      const { metadata, status } = await get('transform', 'edited', '-n', tenant.namespace);
      return status.observedGeneration === metadata.generation;
    });
    expect((await outputs('edited', before)).filter((count) => count === 0).length, 'still waiting').toBeGreaterThan(0);
    await upload('edited', after);
    await allFinished(keysOf('edited', [...before, ...after]), 300);
    expect(await outputs('edited', [...before, ...after])).toEqual([...once(before), ...after.map(() => 0)]);
    expect(await outputs('anew', [...before, ...after])).toEqual([...before.map(() => 0), ...once(after)]);
  });

  it('are done in the end where they wait for longer than a request may, and none counts as failed', async () => {
    await tenant.put('wait', lasting(5));
    // what 10 and 5 minutes show to those who run it, in seconds
    const short = 20;
    await limitRequests('transcode', short);
    await deliver({ retry: 0, timeout: `PT${short * 2}S` });
    try {
      const names = namesOf('wait', 8);
      const states = new Set<string>();
      let givenUp = 0;
      await upload('wait', names);
      await eventually('8 finished Jobs', 500, async () => {
        const jobs = await tenant.jobs(keysOf('wait', names));
        for (const { status } of jobs) states.add(status?.state);
        givenUp = Math.max(givenUp, jobs.filter(({ status }) => status?.nextRequestTime !== undefined).length);
        await sweep();
        const finished = jobs.filter(({ status }) => status?.state === 'Finished').length;
        if (finished < names.length) throw new Error(`${finished} finished, ${givenUp} were given up at once`);
        return true;
      });
      expect(givenUp).toBeGreaterThan(0);
      expect(states).not.toContain('Failed');
      expect((await outputs('wait', names)).every((count) => count >= 1)).toBe(true);
    } finally {
      await deliver({ retry: 5, timeout: 'PT660S' });
      await limitRequests('transcode', 600);
    }
  });

  it('are done in the end where a pod is deleted in the middle, with whole outputs only', async () => {
    await tenant.put('slow', lasting(10));
    const names = ['cut short', 'cut short too'];
    const keys = keysOf('slow', names);
    await upload('slow', names);
    await eventually('a run under way', 120, async () =>
      (await tenant.jobs(keys)).some(({ status }) => status?.state === 'InProgress'),
    );
    for (const { metadata } of await podsOf('transcode')) {
      // as by a node that goes away: without a grace
      await kubectl(['delete', 'pod', '-n', systemNamespace, metadata.name, '--force', '--grace-period=0']);
    }
    await allFinished(keys, 400);
    for (const name of names) {
      const { streams } = await tenant.storage.decode(tenant.bucket, `out/slow/${name}.mp4`);
      expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    }
  });
});
