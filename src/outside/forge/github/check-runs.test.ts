import { expect, it } from 'vitest';
import type { Check, Markdown } from '../forge.ts';
import { toCheckRun, toCommitStatus } from './check-runs.ts';

const check: Check = {
  ...{ commit: 'a'.repeat(40), name: 'bot-a: R', identity: '9-1', state: 'queued', title: 'Job 7 waits' },
  summary: 'text' as Markdown,
};

it.each`
  state          | status           | conclusion     | ofCommit
  ${'queued'}    | ${'queued'}      | ${undefined}   | ${'pending'}
  ${'running'}   | ${'in_progress'} | ${undefined}   | ${'pending'}
  ${'success'}   | ${'completed'}   | ${'success'}   | ${'success'}
  ${'failure'}   | ${'completed'}   | ${'failure'}   | ${'failure'}
  ${'cancelled'} | ${'completed'}   | ${'cancelled'} | ${'error'}
  ${'timed out'} | ${'completed'}   | ${'timed_out'} | ${'failure'}
`('$state is $status $conclusion, as a commit status $ofCommit', ({ state, status, conclusion, ofCommit }) => {
  expect(toCheckRun({ ...check, state })).toMatchObject({ status, ...(conclusion && { conclusion }) });
  expect(toCommitStatus({ ...check, state }).state).toBe(ofCommit);
});

it('is sent whole', () => {
  const whole = { ...check, text: 'more' as Markdown, url: 'https://x.test', startedAt: '2026-03-10T11:00:00Z' };
  expect(toCheckRun(whole)).toEqual({
    ...{ name: 'bot-a: R', head_sha: 'a'.repeat(40), external_id: '9-1', status: 'queued' },
    output: { title: 'Job 7 waits', summary: 'text', text: 'more' },
    ...{ details_url: 'https://x.test', started_at: '2026-03-10T11:00:00Z' },
  });
});

it('of a title that is too long for a commit status the begin is shown', () => {
  const { description } = toCommitStatus({ ...check, title: 'x'.repeat(200) });
  expect([description.length, description.at(-1)]).toEqual([140, '…']);
});
