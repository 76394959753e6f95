/** `ci-count.ts FOLDER FAILED-STEP…` sums up the JSON reports of the test tiers in FOLDER, and the steps that failed. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What is read of a report of vitest. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: Array<{ name: string; status: string; assertionResults: Array<{ status: string }> }>;
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** A file that could not even be loaded holds no test, and is one failure. */
export function tally({ numPassedTests, numFailedTests, numPendingTests, testResults }: Report): Tally {
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length, skipped: numPendingTests };
}

/**
 * The lines to print; the last one counts all.
 * @param reports by the name of the step that made them
 * @param failedSteps those that ended with another status than 0
 */
export function summary(reports: ReadonlyMap<string, Report>, failedSteps: string[]): { lines: string[]; ok: boolean } {
  const tallies = [...reports].map(([name, report]) => ({ name, ...tally(report) }));
  // a step may fail without any test of it: a fault of the linter, an unhandled rejection
  const silent = failedSteps.filter((step) => !tallies.some(({ name, failed }) => name === step && failed > 0));
  const sum = (field: keyof Tally) => tallies.reduce((total, one) => total + one[field], 0);
  const failed = sum('failed') + silent.length;
  const lines = [
    ...tallies.map(
      (one) => `${one.name}: ${one.passed} passed, ${one.failed} failed${one.skipped ? `, ${one.skipped} skipped` : ''}`,
    ),
    ...silent.map((step) => `${step}: failed`),
    `${sum('passed')} passed, ${failed} failed`,
  ];
  return { lines, ok: failed === 0 && sum('passed') > 0 };
}

if (import.meta.main) {
  const [folder = '.', ...failedSteps] = process.argv.slice(2);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const reports = new Map<string, Report>();
  for (const file of files) {
    reports.set(basename(file, '.json').replace('-', ':'), JSON.parse(await readFile(join(folder, file), 'utf8')));
  }
  const { lines, ok } = summary(reports, failedSteps);
  console.log(lines.join('\n'));
  process.exitCode = ok ? 0 : 1;
}
