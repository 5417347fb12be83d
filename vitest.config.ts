import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';
import { fileSystemInMemory } from './test/memory.ts';
import { leftOutHere } from './test/missing-parts.ts';
import { promises } from './test/promises.ts';

// tables: beside what they test, need Node and git only. The others take their time: the real programs on real parts, the stand-ins,
// and what lies beside its subject but is as slow (.real.test.ts). promises: those that `npm test` runs; rest: all others. See test/README.md.
const tables =
  '{src,demo,docs,test/compatibility,test/docs,test/packages,test/planted,test/simulator,test/wild}/**/*.test.ts';
const shown = promises.map(({ file }) => file);
const rest = globSync([
  'test/{system,scripts,fuzz}/**/*.test.ts',
  'stand-ins/**/*.test.ts',
  '{src,test/wild}/**/*.real.test.ts',
]).filter((file) => !shown.includes(file));

const wanted = process.argv.flatMap((word, index) => (word === '--project' ? (process.argv[index + 1] ?? []) : []));
const isWanted = (project: string) => wanted.length === 0 || wanted.includes(project);
const leftOut = leftOutHere([...(isWanted('promises') ? shown : []), ...(isWanted('rest') ? rest : [])]);
for (const [why, files] of leftOut) console.log(`Left out, because ${why}: ${files.join(', ')}`);
const exclude = [...leftOut.values()].flat();
// They wait more than they compute: for daemons, for Slurm, for the next interval. The limits end what hangs; a busy machine may be slow.
const setupFiles = ['test/use-seal.ts'];
// Of expect.poll; a second, as it is without, is too short on a busy machine.
const waits = { poll: { timeout: 20_000 } };
// Table tests write and sync thousands of small files, and need no disk for what they ask: beside a busy one they took minutes.
const memory = fileSystemInMemory();
const patient = { setupFiles, exclude, expect: waits, testTimeout: 600_000, hookTimeout: 600_000, maxWorkers: 4 };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'tables',
          include: [tables, 'test/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
          setupFiles,
          expect: waits,
          ...(memory !== undefined && { env: { TMPDIR: memory } }),
          // One process for many files: a third of the time. So a test that changes its process puts back what it changed.
          isolate: false,
          testTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      { test: { name: 'promises', include: shown, ...patient, sequence: { groupOrder: 1 } } },
      { test: { name: 'rest', include: rest, ...patient, sequence: { groupOrder: 2 } } },
    ],
  },
});
