import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { annotate } from '../../../cli/annotate.ts';
import { backfillDryRun } from '../../../cli/backfill-dry-run.ts';
import { UsageError } from '../../../cli/exit.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { until } from '../../support/until.ts';

const at = (plural: string, name: string) => `/apis/pipelines.gst.io/v1/namespaces/team/${plural}/${name}`;
const annotationsOf = (plural: string, name: string) => server.get(at(plural, name)).metadata.annotations;

let server: FakeApiServer;
let said: string;
beforeEach(async () => {
  server = await startFakeApiServer();
  for (const [plural, name] of [
    ['transforms', 'mp4'],
    ['splittransforms', 'split'],
    ['jobs', 'mp4-abc'],
  ] as const) {
    server.put(at(plural, name), { metadata: { name, namespace: 'team', annotations: { kept: 'yes' } }, spec: {} });
  }
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
});

describe('the commands for a cluster', () => {
  const cases = [
    ['backfill', 'transforms', 'mp4', 'pipelines.gst.io/backfill'],
    ['backfill', 'splittransforms', 'split', 'pipelines.gst.io/backfill'],
    ['retry', 'jobs', 'mp4-abc', 'pipelines.gst.io/retry'],
    ['cancel', 'jobs', 'mp4-abc', 'pipelines.gst.io/cancel'],
  ] as const;
  it.each(cases)('%s annotates %s %s, and says so', async (what, plural, name, annotation) => {
    await annotate(what, name, { namespace: 'team' }, server.load);
    expect(annotationsOf(plural, name)).toEqual({ kept: 'yes', [annotation]: expect.stringMatching(/^\d{4}-/) });
    expect(said).toContain(`team/${name}: `);
  });

  it('retry takes back a cancel', async () => {
    await annotate('cancel', 'mp4-abc', { namespace: 'team' }, server.load);
    await annotate('retry', 'mp4-abc', { namespace: 'team' }, server.load);
    expect(Object.keys(annotationsOf('jobs', 'mp4-abc')).sort()).toEqual(['kept', 'pipelines.gst.io/retry']);
  });

  it('print one JSON object where that is asked for', async () => {
    await annotate('retry', 'mp4-abc', { namespace: 'team', json: true }, server.load);
    expect(JSON.parse(said)).toMatchObject({ kind: 'Job', namespace: 'team', name: 'mp4-abc' });
  });

  it('say where they looked for what is not there', async () => {
    const missing = annotate('backfill', 'mp5', { namespace: 'team' }, server.load);
    await expect(missing).rejects.toThrow('no Transform or SplitTransform "mp5" in namespace team');
    await expect(missing).rejects.toBeInstanceOf(UsageError);
  });
});

describe('backfill --dry-run in a cluster', () => {
  const path = at('transforms', 'mp4');
  const annotated = (annotations: Record<string, string>) =>
    server.put(path, { metadata: { name: 'mp4', namespace: 'team', annotations }, spec: {} });

  it('waits for the reconciler, and prints what that has found', async () => {
    const asked = backfillDryRun('mp4', { namespace: 'team' }, server.load);
    await until(() => String(annotationsOf('transforms', 'mp4')['pipelines.gst.io/backfill']).startsWith('dry-run'));
    annotated({ 'pipelines.gst.io/backfill-found': JSON.stringify({ objects: 3, more: true, keys: ['a.mkv', 'b.mkv'] }) });
    await asked;
    expect(said).toBe(
      'would ask for a.mkv\nwould ask for b.mkv\nand for 1 after it\n3 objects without output in the first round, and there is more behind them\n',
    );
  });

  it('leaves a backfill alone that is going on', async () => {
    annotated({ 'pipelines.gst.io/backfill': '' });
    await expect(backfillDryRun('mp4', { namespace: 'team' }, server.load)).rejects.toThrow('is going on');
    expect(annotationsOf('transforms', 'mp4')).toEqual({ 'pipelines.gst.io/backfill': '' });
  });
});
