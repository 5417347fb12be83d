import { defineConfig } from 'vitest/config';

// tables: beside what they test, need Node and git only. system: the real programs on real parts (see test/README.md).
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'tables',
          include: ['src/**/*.test.ts', 'stand-ins/**/*.test.ts', 'demo/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts', 'test/scripts/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
