import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Under test are the settings that a test gives, and none of those that a shell has for an installation of its own. */
const settings = readFileSync(new URL('docs/reference/settings.md', import.meta.url), 'utf8');
for (const [, name = ''] of settings.matchAll(/^\| `(\w+)`/gm)) delete process.env[name];

const tier = (name: string, options: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

/** Real processes on a machine that others use too: one more try there, which the report tells of; none where a person looks on. */
const retry = process.env.CI ? 1 : 0;

/** A machine may be ten times as slow as another: these end what hangs, and judge nothing. Milliseconds. */
const hookTimeout = 240_000;

export default defineConfig({
  test: {
    // two cores: more workers than that only make timings of real pipelines worse
    maxWorkers: 2,
    projects: [
      tier('unit', { testTimeout: 60_000, hookTimeout, setupFiles: 'test/support/fast-check.ts' }),
      tier('integration', { retry, testTimeout: 300_000, hookTimeout }),
      tier('corpus', { retry, testTimeout: 300_000, hookTimeout }),
      tier('faults', { retry, testTimeout: 600_000, hookTimeout }),
      tier('browser', { retry, testTimeout: 60_000, hookTimeout, expect: { poll: { timeout: 20_000 } } }),
      tier('e2e', {
        globalSetup: ['test/e2e/global-setup.ts'],
        // one cluster: what one file does to it the others would see
        fileParallelism: false,
        testTimeout: 600_000,
        hookTimeout: 600_000,
      }),
    ],
  },
});
