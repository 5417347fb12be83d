import { expect, it } from 'vitest';
import { isWorkDirOf } from './slurm.ts';

const job = '/home/bot/jobs/2026.11/pr_9/event_a/run_000/x86_64/R1';

it.each`
  what                                        | workDir                                                       | is
  ${'the same path'}                          | ${job}                                                        | ${true}
  ${'its directory by another mount or link'} | ${'/mnt/nfs/bot/jobs/2026.11/pr_9/event_a/run_000/x86_64/R1'} | ${true}
  ${'another job of the pull request'}        | ${'/home/bot/jobs/2026.11/pr_9/event_a/run_001/x86_64/R1'}    | ${false}
  ${'a directory in it'}                      | ${`${job}/build`}                                             | ${false}
  ${'the same job of another command'}        | ${'/home/bot/jobs/2026.11/pr_9/event_b/run_000/x86_64/R1'}    | ${false}
  ${'some other place'}                       | ${'/home/bot'}                                                | ${false}
`('$what: $is', ({ workDir, is }) => {
  expect(isWorkDirOf(job, workDir)).toBe(is);
});

it('a directory that is of no pull request is known by its whole path', () => {
  expect([isWorkDirOf('/tmp/job', '/tmp/job'), isWorkDirOf('/tmp/job', '/var/job')]).toEqual([true, false]);
});
