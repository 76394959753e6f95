import { defineConfig } from 'vitest/config';

const tier = (name: string, options: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

/** Real processes on a machine that others use too: one more try there, which the report tells of; none where a person looks on. */
const retry = process.env.CI ? 1 : 0;

export default defineConfig({
  test: {
    // two cores: more workers than that only make timings of real pipelines worse
    maxWorkers: 2,
    projects: [
      tier('unit', { testTimeout: 10_000, setupFiles: 'test/support/fast-check.ts' }),
      tier('integration', { retry, testTimeout: 60_000, hookTimeout: 120_000 }),
      tier('corpus', { retry, testTimeout: 120_000, hookTimeout: 120_000 }),
      tier('faults', { retry, testTimeout: 300_000, hookTimeout: 120_000 }),
      tier('browser', { retry, testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 20_000 } } }),
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
