import { expect, it } from 'vitest';
import { readJobProgress } from './job-progress.ts';

const head = [
  'New job on instance `demo` for repository `eessi.io-2023.06`',
  'Building on: `amd-zen2`',
  'Building for: `x86_64/amd/zen2`&nbsp;and accelerator `nvidia/cc80`',
  'Job dir: `/jobs/2025.01/pr_1/7`',
  '|date|job status|comment|',
  '|----------|----------|------------------------|',
  '|Jan 05 03:04:05 UTC 2025|submitted|job id `7` awaits release by job manager|',
].join('\n');
const row = (state: string, text = '') => `\n|Jan 05 03:04:05 UTC 2025|${state}|${text}|`;

it.each([
  ['a new job is submitted', '', 'done done open open open open open', 'submitted'],
  ['a released one, too, was submitted', row('released'), 'done done done open open open open', 'released'],
  [
    'one that ended between two looks ran',
    row('released') + row('finished', 'SUCCESS'),
    'done done done done done open open',
    'finished',
  ],
  [
    'a build that failed',
    row('running') + row('finished', ':cry: FAILURE'),
    'done done done done failed open open',
    'finished',
  ],
  [
    'tests that passed',
    row('finished', 'SUCCESS') + row('test result', ':grin: SUCCESS'),
    'done done done done done done open',
    'tested',
  ],
  [
    'tests that failed',
    row('finished', 'SUCCESS') + row('test result', ':cry: FAILURE'),
    'done done done done done failed open',
    'tests failed',
  ],
  [
    'an upload, without tests',
    row('finished', 'SUCCESS') + row('uploaded', 'x'),
    'done done done done done done done',
    'uploaded',
  ],
  [
    'an upload that was not made',
    row('finished', 'SUCCESS') + row('not uploaded', 'x'),
    'done done done done done open failed',
    'not uploaded',
  ],
])('%s', (_, rows, states, farthest) => {
  const steps = readJobProgress([{ id: 1, body: head + rows }]).flatMap((job) => job.steps);
  expect(steps.map(({ state }) => state).join(' ')).toBe(states);
  expect(steps.findLast(({ state }) => state !== 'open')?.shown).toBe(farthest);
});

it('reads whose job it is and what it builds for', () => {
  const [job] = readJobProgress([{ id: 5, body: head }]);
  expect(job).toMatchObject({ commentId: 5, id: '7', target: 'x86_64/amd/zen2 and accelerator nvidia/cc80' });
});

it('sees no job in other comments', () => {
  expect(readJobProgress([{ id: 1, body: 'bot: build\n|a|submitted|b|' }])).toEqual([]);
});
