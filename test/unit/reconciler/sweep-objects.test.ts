import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Requested } from '../../../lib/events/types.ts';
import { manifestKey } from '../../../lib/storage/index.ts';
import { resolved } from '../../support/transforms.ts';
import { minute, mp4, type SweepBench, startSweepBench } from './sweep-support.ts';

let bench: SweepBench;
beforeEach(async () => {
  bench = await startSweepBench();
});
afterEach(() => bench.close());

describe('the sweep of objects', () => {
  it('asks for what nobody asked for: not for what is too new, too old, elsewhere or left out', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/lost.mkv', 20);
    await bench.object('drop/in the overlap.mkv', 35);
    await bench.object('drop/new.mkv', 5);
    await bench.object('drop/old.mkv', 50);
    await bench.object('other/a.mkv', 20);
    expect((await bench.round()).sort()).toEqual(['drop/in the overlap.mkv', 'drop/lost.mkv']);
  });

  it('asks for nothing of before the Transform was made, and nothing for a suspended one', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/lost.mkv', 20);
    expect(await bench.round([mp4], { madeAt: bench.now.getTime() - 18 * minute })).toEqual([]);
    await bench.sweptUntil(30);
    expect(await bench.round([{ ...mp4, suspend: true }])).toEqual([]);
    await bench.sweptUntil(30);
    expect(await bench.round()).toEqual(['drop/lost.mkv']);
  });

  it('leaves alone what has a Job, whatever became of it, and what has an output', async () => {
    await bench.sweptUntil(30);
    for (const key of ['a', 'b', 'c']) await bench.object(`drop/${key}.mkv`, 20);
    await bench.round();
    const [a, b, c] = bench.asked.toSorted((x, y) => (x.source.key < y.source.key ? -1 : 1)) as [Requested, Requested, Requested];
    bench.jobs = [bench.recorded(a, { state: 'InProgress' }), bench.recorded(b, { state: 'Failed' })];
    const output = c.sinks[0] as Requested['sinks'][number];
    await bench.store.put(output.bucket, output.key, Buffer.from('x'), {
      contentType: 'video/mp4',
      metadata: { 'gst-job': c.job },
    });
    await bench.sweptUntil(30);
    expect(await bench.round()).toEqual([]);
    bench.jobs = [];
    await bench.sweptUntil(30);
    expect(await bench.round()).toEqual(['drop/a.mkv', 'drop/b.mkv']);
  });

  it('leaves alone what waits for its turn, however long the queue is, until the Broker must have lost it', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    await bench.round();
    await bench.keep(bench.recorded(bench.asked[0] as Requested));
    await bench.sweptUntil(30);
    bench.later(89);
    expect(await bench.round()).toEqual([]);
    bench.later(1);
    expect(await bench.round()).toEqual(['drop/a.mkv']);
  });

  it('tells of an object that its Transform can make no request of, and asks for the others', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/bad.mkv', 20);
    await bench.object('drop/good.mkv', 20);
    const key = '{{ if contains "bad" .SrcKey }}../{{ end }}{{ .SrcName }}.mp4';
    const transform = resolved({ name: 'mp4', namespace: 'team', spec: { sink: { minio: { key } } } });
    expect(await bench.round([transform])).toEqual(['drop/good.mkv']);
    expect(bench.told).toMatchObject([
      { kind: 'failed', about: { source: { key: 'drop/bad.mkv' } }, data: { error: { code: 'OUTPUT_KEY_INVALID' } } },
    ]);
  });

  it('asks in the next round for what it could not ask for', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    await expect(bench.round([mp4], { broken: true })).rejects.toMatchObject({ code: 'PUBLISH_FAILED' });
    expect(await bench.round()).toEqual(['drop/a.mkv']);
  });

  it('does not ask again for old work where the Transform has been changed since', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    await bench.round();
    bench.jobs = [bench.recorded(bench.asked[0] as Requested, { state: 'Finished' })];
    await bench.sweptUntil(30);
    const changed = resolved({ name: 'mp4', namespace: 'team', spec: { pipeline: { onMissingStream: 'fail' } } });
    expect(changed.work).not.toBe(mp4.work);
    expect(await bench.round([changed])).toEqual([]);
  });

  it('looks at an object at rest for a while, and then never again, though its Job and its output are gone', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/bad.mkv', 20);
    expect(await bench.round()).toEqual(['drop/bad.mkv']);
    bench.jobs = [bench.recorded(bench.asked[0] as Requested, { state: 'Failed' })];
    for (let step = 0; step < 8; step++) {
      bench.later(5);
      expect(await bench.round()).toEqual([]);
    }
    bench.jobs = [];
    for (let step = 0; step < 3; step++) {
      bench.later(5);
      expect(await bench.round()).toEqual([]);
    }
  });

  it('changes nothing that is kept while nothing comes', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    await bench.round();
    bench.jobs = [bench.recorded(bench.asked[0] as Requested, { state: 'Finished' })];
    const before = structuredClone(bench.positions);
    for (let step = 0; step < 12; step++) {
      bench.later(5);
      await bench.round();
      expect(bench.positions).toEqual(before);
    }
  });

  it('comes back to what is too new, though something newer still was seen beside it', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/lost.mkv', 20);
    await bench.object('drop/new.mkv', 14);
    await bench.object('drop/newer.mkv', 0);
    expect(await bench.round()).toEqual(['drop/lost.mkv']);
    bench.jobs = [bench.recorded(bench.asked[0] as Requested)];
    bench.later(20);
    expect((await bench.round()).sort()).toEqual(['drop/new.mkv', 'drop/newer.mkv']);
  });

  it('leaves alone what has its folder of outputs, by the file that marks it as whole', async () => {
    const folder = resolved({
      name: 'hls',
      namespace: 'team',
      spec: {
        sink: { minio: { key: 'hls/{{ .SrcName }}/' } },
        pipeline: { elements: [{ name: 'decodebin' }, { name: 'x264enc' }, { name: 'hlssink2' }] },
      },
    });
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    expect(await bench.round([folder])).toEqual(['drop/a.mkv']);
    const { job, sinks } = bench.asked[0] as Requested;
    const marked = { contentType: 'application/json', metadata: { 'gst-job': job } };
    await bench.store.put('media', manifestKey(String(sinks[0]?.key)), Buffer.from('{}'), marked);
    await bench.sweptUntil(30);
    expect(await bench.round([folder])).toEqual([]);
  });

  it('passes over outputs of its own Transform', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/loop.mkv', 20);
    await bench.object('drop/other.mkv', 20);
    bench.chains.set('drop/loop.mkv', 'team/first,team/mp4').set('drop/other.mkv', 'team/first');
    expect(await bench.round()).toEqual(['drop/other.mkv']);
  });

  it('asks once by each of two Transforms that reach one place with Secrets of their own, and knows where each stands', async () => {
    const credentialsSecret = { name: 'another' };
    const other = resolved({ name: 'other', namespace: 'team', spec: { globals: { minio: { credentialsSecret } } } });
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    // a place that is new, of somebody else: what it would take is not asked for by listing in the name of others
    const stranger = resolved({ name: 'mp4', namespace: 'strangers' });
    await bench.round([mp4, other, stranger]);
    expect(bench.asked.map(({ transform }) => `${transform.namespace}/${transform.name}`).sort()).toEqual([
      'team/mp4',
      'team/other',
    ]);
    expect(Object.keys(bench.positions)).toHaveLength(3);
  });

  it('goes on after an object that can never be asked for', async () => {
    const template = '{{ repeat 200 .SrcName }}.mp4';
    const long = resolved({ name: 'long', namespace: 'team', spec: { sink: { minio: { key: template } } } });
    await bench.sweptUntil(30);
    await bench.object('drop/a name of length.mkv', 20);
    await bench.object('drop/b.mkv', 20);
    expect(await bench.round([long])).toEqual(['drop/b.mkv']);
  });

  it('stays where it is in a round that may look at nothing', async () => {
    await bench.sweptUntil(30);
    await bench.object('drop/a.mkv', 20);
    const before = structuredClone(bench.positions);
    expect(await bench.round([mp4], { looks: 0 })).toEqual([]);
    expect(bench.positions).toEqual(before);
  });

  it('lists and asks no more in a round than it may, and goes on there in the next', async () => {
    await bench.sweptUntil(30);
    // the newest comes first: rounds that go on must not forget it
    for (let index = 0; index < 10; index++) await bench.object(`drop/${index}.mkv`, index === 0 ? 18 : 20);
    bench.listed = 0;
    expect(await bench.round([mp4], { looks: 4 })).toHaveLength(4);
    expect(await bench.round([mp4], { keys: 3 })).toHaveLength(3);
    expect(bench.listed).toBeLessThanOrEqual(5 + 4);
    expect(await bench.round()).toHaveLength(3);
    expect(new Set(bench.asked.map(({ source }) => source.key)).size).toBe(10);
    const since = new Date(bench.now.getTime() - 18 * minute).toISOString();
    expect(Object.values(bench.positions)).toEqual([{ since }]);
  });
});
