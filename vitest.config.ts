import { defineConfig } from 'vitest/config';
import { missingParts } from './test/missing-parts.ts';

const missing = process.argv.includes('tables') ? [] : missingParts();
for (const { files, why } of missing) console.log(`Left out: ${files}, because ${why}.`);

// tables: beside what they test, need Node and git only. system: the real programs on real parts, the stand-ins, and what lies beside
// its subject but takes its time (.real.test.ts); see test/README.md.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'tables',
          include: ['{src,demo,test/compatibility,test/docs,test/wild}/**/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
          testTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/{system,scripts,fuzz}/**/*.test.ts', 'stand-ins/**/*.test.ts', 'src/**/*.real.test.ts'],
          exclude: missing.map(({ files }) => files),
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
