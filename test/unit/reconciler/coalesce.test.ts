import { describe, expect, it } from 'vitest';
import { coalesced } from '../../../functions/reconciler/coalesce.ts';
import { until } from '../../support/until.ts';

/** Runs that end when the test says so. */
function stepwise() {
  const runs: Array<{ asked: string[]; end: PromiseWithResolvers<void> }> = [];
  const ask = coalesced<string>((asked) => {
    const end = Promise.withResolvers<void>();
    runs.push({ asked, end });
    return end.promise;
  });
  const run = async (index: number) => {
    await until(() => runs[index] !== undefined);
    return runs[index] as (typeof runs)[number];
  };
  return { ask, run, runs };
}

describe('coalesced', () => {
  it('runs once for all who ask while a run is going on, and after it', async () => {
    const { ask, run, runs } = stepwise();
    const first = ask('a');
    const opening = await run(0);
    const others = [ask('b'), ask('c')];
    expect(runs).toHaveLength(1);
    opening.end.resolve();
    await first;
    const second = await run(1);
    expect(second.asked).toEqual(['b', 'c']);
    second.end.resolve();
    await Promise.all(others);
    expect(runs).toHaveLength(2);
  });

  it('tells a failure to those who asked for that run, and runs for the next', async () => {
    const { ask, run } = stepwise();
    const first = ask('a');
    (await run(0)).end.reject(new Error('no'));
    await expect(first).rejects.toThrow('no');
    const second = ask('b');
    (await run(1)).end.resolve();
    await second;
  });
});
