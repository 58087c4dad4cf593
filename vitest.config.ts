import { defineConfig } from 'vitest/config';

const minute = 60_000;

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // What is waited for comes; how late, a busy machine decides.
    expect: { poll: { timeout: minute / 2 } },
    reporters: ['default', 'json'],
    outputFile: { json: '.cache/vitest.json' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'test/tidy.test.ts',
            'test/conformance/*.test.ts',
            'test/simulation/*.test.ts',
          ],
          testTimeout: minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'black-box',
          include: ['test/**/*.test.ts'],
          exclude: ['test/tidy.test.ts', 'test/conformance/*.test.ts', 'test/simulation/*.test.ts'],
          globalSetup: ['test/support/build-server.ts'],
          testTimeout: minute,
          hookTimeout: 2 * minute,
        },
      },
    ],
  },
});
