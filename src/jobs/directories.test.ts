import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { commandOf, isJobId, pullRequestDirectory, runDirectory, yearMonth } from './directories.ts';

it('the month is that of the local time', () => {
  const code = `const { yearMonth } = await import('${new URL('./directories.ts', import.meta.url)}'); console.log(yearMonth(new Date('2024-12-31T16:00:00Z')));`;
  const monthIn = (zone: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    }).trim();
  expect([monthIn('UTC'), monthIn('Asia/Tokyo')]).toEqual(['2024.12', '2025.01']);
  expect(yearMonth(new Date(2025, 8, 1))).toBe('2025.09');
});

it('names the directories of a build command', () => {
  const directory = pullRequestDirectory('/jobs', '2025.01', 9);
  expect(directory).toBe('/jobs/2025.01/pr_9');
  expect(runDirectory(directory, 'a-1', 12)).toBe('/jobs/2025.01/pr_9/event_a-1/run_012');
  for (const below of ['', '/x86_64/R1'])
    expect(commandOf(`${runDirectory(directory, 'a-1', 12)}${below}`)).toEqual({ delivery: 'a-1', run: 'run_012' });
  expect([directory, '/event_handler/jobs/run_1', '/event_a/run_x/R1'].map(commandOf)).toEqual(
    Array(3).fill(undefined),
  );
});

it.each(['', '1a', '.1', 'uploaded.txt', '12 '])('%j is no job id', (name) => {
  expect(isJobId(name)).toBe(false);
});
