/** `ci-count.ts FOLDER FAILED-STEP…` sums up the JSON reports of the test tiers in FOLDER, and the steps that failed. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What is read of a report of vitest. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: Array<{
    /** Path of the file. */
    name: string;
    status: string;
    /** Of a file that could not be loaded. */
    message?: string;
    assertionResults: Array<{ status: string; fullName?: string; failureMessages?: string[] | null }>;
  }>;
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

/** Lines of a message that are told: enough to know what was expected where. */
const messageLines = 20;

/** Which tests failed, and how: what stands at the end is kept where the log of a whole run is cut. */
function failures({ testResults }: Report): string[] {
  return testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const tests = assertionResults.filter((test) => test.status === 'failed');
      const told = tests.map((test) => [test.fullName, test.failureMessages?.join('\n')]);
      return (told.length ? told : [['not loaded', message]]).flatMap(([title, text = '']) => [
        `FAILED ${relative('.', name)}: ${title}`,
        ...stripVTControlCharacters(text)
          .split('\n')
          .slice(0, messageLines)
          .map((line) => `  ${line}`),
      ]);
    });
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
    ...[...reports.values()].flatMap(failures),
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
