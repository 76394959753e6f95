/** Ends with 0 where node_modules holds what package-lock.json names, else with 1. npm keeps a lock of what it installed. */
import { readFileSync } from 'node:fs';

type Packages = Record<string, { version?: string; optional?: boolean }>;

const packagesOf = (path: string): Packages =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).packages;

function matches(): boolean {
  const { '': _self, ...wanted } = packagesOf('package-lock.json');
  const found = packagesOf('node_modules/.package-lock.json');
  // optional ones are for other platforms, for the most part
  const nothingLacks = Object.entries(wanted).every(([path, { version, optional }]) =>
    path in found ? found[path]?.version === version : optional,
  );
  return nothingLacks && Object.keys(found).every((path) => path in wanted);
}

try {
  process.exitCode = matches() ? 0 : 1;
} catch {
  process.exitCode = 1; // nothing is installed
}
