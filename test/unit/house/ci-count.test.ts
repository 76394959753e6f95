import { describe, expect, it } from 'vitest';
import { type Report, summary } from '../../../scripts/ci-count.ts';

const report = (passed: number, failed = 0, further: Partial<Report> = {}): Report => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 0,
  testResults: [],
  ...further,
});
const notLoaded = { name: 'a.test.ts', status: 'failed', assertionResults: [] };
const oneFailed = { name: 'b.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] };

describe('the last line of .ci/run', () => {
  const cases: Array<[name: string, reports: Record<string, Report>, failedSteps: string[], line: string, ok: boolean]> = [
    ['sums tiers', { test: report(3), 'test:faults': report(4) }, [], '7 passed, 0 failed', true],
    ['fails with a test', { test: report(3, 1, { testResults: [oneFailed] }) }, ['test'], '3 passed, 1 failed', false],
    [
      'fails with a file that does not load',
      { test: report(3, 0, { testResults: [notLoaded] }) },
      ['test'],
      '3 passed, 1 failed',
      false,
    ],
    ['fails with a step that has no tests', { test: report(3) }, ['lint'], '3 passed, 1 failed', false],
    ['fails with a tier that fails beside its tests', { test: report(3) }, ['test'], '3 passed, 1 failed', false],
    ['fails where a tier left no report', { test: report(3) }, ['test:faults'], '3 passed, 1 failed', false],
    ['fails where nothing ran', {}, [], '0 passed, 0 failed', false],
  ];
  it.each(cases)('%s', (_name, reports, failedSteps, line, ok) => {
    const { lines, ok: passed } = summary(new Map(Object.entries(reports)), failedSteps);
    expect(lines.at(-1)).toBe(line);
    expect(passed).toBe(ok);
  });

  it('comes after the tests that failed, with what each said, as far as a reader needs it', () => {
    const failureMessages = ['\u001b[31mAssertionError: expected 1 to be 2\u001b[39m', ...Array(30).fill('    at a line')];
    const file = {
      name: `${process.cwd()}/test/c.test.ts`,
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'c is right' },
        { status: 'failed', fullName: 'c is wrong', failureMessages },
      ],
    };
    const { lines } = summary(new Map([['test', report(1, 1, { testResults: [file, notLoaded] })]]), ['test']);
    expect(lines.slice(0, 2)).toEqual(['FAILED test/c.test.ts: c is wrong', '  AssertionError: expected 1 to be 2']);
    expect(lines.slice(-4)).toEqual(['FAILED a.test.ts: not loaded', '  ', 'test: 1 passed, 2 failed', '1 passed, 2 failed']);
    expect(lines).toHaveLength(1 + 20 + 4);
  });
});
