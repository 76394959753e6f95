import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepJobLogs } from '../../../cli/dev/job-logs.ts';
import { keptLog } from '../../support/functions.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'job-logs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const { log } = keptLog();
const line = (job: unknown, msg = 'said') => JSON.stringify({ level: 'info', name: 'transcode', msg, job });
const lines = async (job: string) =>
  (await readFile(join(folder, `${job}.jsonl`), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));

describe('log lines of jobs', () => {
  it('are kept by job in their order, with who said them, and no other lines', async () => {
    const logs = await keepJobLogs({ folder, log });
    logs.take('dispatcher', line('a', 'first'));
    logs.take('transcode2', line('b'));
    logs.take('transcode2', line('a', 'second'));
    for (const other of ['text', '{"half', line(undefined), line(7), line('../a'), line('.a'), line('')]) logs.take('x', other);
    await logs.close();
    expect((await readdir(folder)).sort()).toEqual(['a.jsonl', 'b.jsonl']);
    expect(await lines('a')).toEqual([
      { level: 'info', name: 'dispatcher', msg: 'first', job: 'a' },
      { level: 'info', name: 'transcode2', msg: 'second', job: 'a' },
    ]);
  });

  it('are of so many jobs, those of which something was said last, also after a new start', async () => {
    const first = await keepJobLogs({ folder, log, most: 3 });
    for (const job of ['a', 'b', 'c', 'a']) first.take('x', line(job));
    await first.close();
    for (const [at, job] of ['b', 'c', 'a'].entries()) await utimes(join(folder, `${job}.jsonl`), at, at);
    const again = await keepJobLogs({ folder, log, most: 3 });
    again.take('x', line('d'));
    await again.close();
    expect((await readdir(folder)).sort()).toEqual(['a.jsonl', 'c.jsonl', 'd.jsonl']);
  });

  it('fill no disk: beyond its size a file takes no more', async () => {
    const logs = await keepJobLogs({ folder, log, largest: 150 });
    for (let n = 0; n < 10; n++) logs.take('x', line('a'));
    await logs.close();
    const size = (await readFile(join(folder, 'a.jsonl'))).length;
    expect(size).toBeGreaterThan(50);
    expect(size).toBeLessThanOrEqual(150);
  });

  it('that cannot be written are told of once, and stop nothing', async () => {
    const { log: told, lines: said } = keptLog();
    const logs = await keepJobLogs({ folder, log: told });
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    for (let n = 0; n < 3; n++) logs.take('x', line('a'));
    await logs.close();
    expect(said.filter(({ msg }) => msg === 'log lines of jobs are not kept')).toHaveLength(1);
  });
});
