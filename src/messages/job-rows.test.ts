import { expect, it } from 'vitest';
import type { Texts } from '../settings/settings.ts';
import { cancelledRow, cancelRow, finishedRow, toldCancelled } from './job-rows.ts';

const texts = { jobResultUnknown: 'no `{filename}`' } as unknown as Texts;

it.each`
  ending                                                                                                                          | text
  ${{ how: 'completed', exitCode: '0:0', description: 'built' }}                                                                  | ${'built'}
  ${{ how: 'completed', description: 'built' }}                                                                                   | ${'built'}
  ${{ how: 'failed', reason: 'NonZeroExitCode', exitCode: '3:0' }}                                                                | ${'`FAILED` (NonZeroExitCode, exit code 3) no `_bot_job7.result`'}
  ${{ how: 'failed', exitCode: '3:0' }}                                                                                           | ${'`FAILED` (exit code 3) no `_bot_job7.result`'}
  ${{ how: 'failed', reason: 'JobLaunchFailure', exitCode: '0:9' }}                                                               | ${'`FAILED` (JobLaunchFailure, signal 9) no `_bot_job7.result`'}
  ${{ how: 'failed', reason: 'NonZeroExitCode', exitCode: '1:0', saidByScript: 'no disk' }}                                       | ${'`FAILED` (NonZeroExitCode: no disk) no `_bot_job7.result`'}
  ${{ how: 'failed', exitCode: '1:0', saidByScript: 'no disk' }}                                                                  | ${'`FAILED` (no disk) no `_bot_job7.result`'}
  ${{ how: 'timeout', reason: 'TimeLimit', exitCode: '0:15' }}                                                                    | ${'`TIMEOUT` (TimeLimit) no `_bot_job7.result`'}
  ${{ how: 'timeout', reason: 'TimeLimit', exitCode: '0:15', description: 'built' }}                                              | ${'`TIMEOUT` (TimeLimit) built'}
  ${{ how: 'timeout', reason: 'TimeLimit', facts: { timeLimit: '1-00:00:00', nodes: 'n1' } }}                                     | ${'`TIMEOUT` (TimeLimit, limit 1-00:00:00) no `_bot_job7.result`'}
  ${{ how: 'out of memory', reason: 'OutOfMemory', facts: { memoryBytes: 4 * 2 ** 30, peakBytes: 4087644 * 1024, nodes: 'n1' } }} | ${'`OUT_OF_MEMORY` (OutOfMemory, peak 3.9 GiB, limit 4 GiB) no `_bot_job7.result`'}
  ${{ how: 'out of memory', reason: 'OutOfMemory', facts: { memoryBytes: 60 * 2 ** 20 } }}                                        | ${'`OUT_OF_MEMORY` (OutOfMemory, limit 60 MiB) no `_bot_job7.result`'}
  ${{ how: 'out of memory', reason: '', facts: { peakBytes: 512 } }}                                                              | ${'`OUT_OF_MEMORY` (peak 512 bytes) no `_bot_job7.result`'}
  ${{ how: 'node fail', reason: 'NodeDown', facts: { nodes: 'c[1-3]' } }}                                                         | ${'`NODE_FAIL` (NodeDown, on c\\[1-3\\]) no `_bot_job7.result`'}
  ${{ how: 'failed', reason: '', exitCode: '3:0', facts: { timeLimit: '1:00', nodes: 'n1' } }}                                    | ${'`FAILED` (exit code 3) no `_bot_job7.result`'}
  ${{ how: 'out of memory', reason: 'OutOfMemory', exitCode: '0:125' }}                                                           | ${'`OUT_OF_MEMORY` (OutOfMemory) no `_bot_job7.result`'}
  ${{ how: 'cancelled', reason: 'None', exitCode: '0:15', cancelledBy: 'alice' }}                                                 | ${'`CANCELLED` (by alice) no `_bot_job7.result`'}
  ${{ how: 'cancelled', reason: 'JobHeldUser', cancelledBy: 'user id 1000' }}                                                     | ${'`CANCELLED` (JobHeldUser, by user id 1000) no `_bot_job7.result`'}
  ${{ how: 'cancelled', reason: 'None' }}                                                                                         | ${'`CANCELLED` no `_bot_job7.result`'}
  ${{ how: 'node fail', reason: 'NodeDown', exitCode: '0:0' }}                                                                    | ${'`NODE_FAIL` (NodeDown) no `_bot_job7.result`'}
  ${{ how: 'preempted', reason: 'None' }}                                                                                         | ${'`PREEMPTED` no `_bot_job7.result`'}
  ${{ how: 'boot fail', reason: 'None' }}                                                                                         | ${'`BOOT_FAIL` no `_bot_job7.result`'}
  ${{ how: 'deadline', reason: 'DeadLine' }}                                                                                      | ${'`DEADLINE` (DeadLine) no `_bot_job7.result`'}
  ${{ how: 'vanished', reason: 'Slurm no longer knows this job' }}                                                                | ${'`VANISHED` (Slurm no longer knows this job) no `_bot_job7.result`'}
`('$ending: $text', ({ ending, text }) => {
  expect(finishedRow(new Date(0), texts, '7', ending).text).toBe(text);
});

it('tells that somebody had the job cancelled, and that this was its end', () => {
  const at = new Date(0);
  const [row, end, late] = [
    cancelRow(at, '7', 'alice'),
    cancelledRow(at, 'alice'),
    cancelledRow(at, 'alice', ':cry: FAILURE'),
  ];
  expect([row, end, late].map(({ state, text }) => `${state}: ${text}`)).toEqual([
    'finished: job id `7` was cancelled by `alice`',
    'finished: `CANCELLED` by `alice`',
    'finished: `CANCELLED` by `alice` :cry: FAILURE',
  ]);
  expect([row, end, late].map(({ text }) => toldCancelled(text))).toEqual([
    undefined,
    '`CANCELLED` by `alice`',
    '`CANCELLED` by `alice`',
  ]);
});
