import { describe, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import type { Limits } from '../../settings/settings.ts';
import { parseComment } from './parse-comment.ts';
import { planComment } from './plan-comment.ts';
import type { PriorUsage } from './within-limits.ts';

const none: Limits = {
  waitingJobsPerUser: 0,
  waitingJobsPerPullRequest: 0,
  commandsPerHourPerUser: 0,
  commandsPerHourPerPullRequest: 0,
};
const at = new Date('2025-01-05T12:00:00Z');
const minutesAgo = (...minutes: number[]) => minutes.map((each) => new Date(at.getTime() - each * 60_000));
const nothing: PriorUsage = { waitingJobs: 0, commandsAt: [] };

/** What becomes of each command of a comment: its outcome, or why it is refused. */
function plan(
  body: string,
  limits: Partial<Limits>,
  user: Partial<PriorUsage>,
  pullRequest: Partial<PriorUsage> = {},
  sender = 'alice',
) {
  const example = exampleSettings();
  const settings = { ...example, control: { ...example.control, limits: { ...none, ...limits } } };
  const usage = { at, user: { ...nothing, ...user }, pullRequest: { ...nothing, ...pullRequest } };
  const planned = planComment(parseComment(exampleComment(body, { sender }), settings), { usage }, settings);
  if (planned.kind === 'ignored') return planned.why;
  return planned.commands.map(({ outcome }) => (outcome.kind === 'refused' ? outcome.reason : outcome.kind));
}

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';

describe('commands within an hour', () => {
  it.each`
    had             | limit | body                       | outcomes
    ${[]}           | ${1}  | ${'bot: help'}             | ${['help']}
    ${[59]}         | ${2}  | ${'bot: help'}             | ${['help']}
    ${[]}           | ${1}  | ${'bot: help\nbot: help'}  | ${['help', expect.stringContaining('one account 1 command an hour')]}
    ${[50, 40]}     | ${2}  | ${'bot: help'}             | ${[expect.stringContaining('again after 12:20 UTC')]}
    ${[50]}         | ${1}  | ${'bot: help'}             | ${[expect.stringContaining('again after 13:00 UTC')]}
    ${[50, 40, 30]} | ${0}  | ${'bot: help'}             | ${['help']}
    ${[50]}         | ${1}  | ${'bot: help inst:others'} | ${'All its commands are for other instances.'}
    ${[50]}         | ${1}  | ${'bot: gibberish'}        | ${[expect.stringContaining('this bot allows one account 1 command an hour')]}
  `('$had minutes ago, of $limit, then $body: $outcomes', ({ had, limit, body, outcomes }) => {
    expect(plan(body, { commandsPerHourPerUser: limit }, { commandsAt: minutesAgo(...had) })).toEqual(outcomes);
  });

  it('says what, why, and when again', () => {
    const limits = { commandsPerHourPerUser: 3, commandsPerHourPerPullRequest: 2 };
    expect(plan('bot: help', limits, { commandsAt: minutesAgo(5) }, { commandsAt: minutesAgo(30, 5) })).toEqual([
      'this bot allows one pull request 2 commands an hour (`max_commands_per_hour_per_pull_request`, which its admin sets); this one has used them up (refused ones count); type it again after 12:55 UTC',
    ]);
  });
});

describe('jobs that have not ended', () => {
  it.each`
    had    | limit | body                  | outcomes
    ${0}   | ${1}  | ${zen2}               | ${['build']}
    ${1}   | ${1}  | ${zen2}               | ${[expect.stringContaining('`alice` has 1, and this command asks for 1: type it again when')]}
    ${100} | ${0}  | ${zen2}               | ${['build']}
    ${0}   | ${1}  | ${`${zen2}\n${zen2}`} | ${['build', expect.stringContaining('has 1, and this command asks for 1')]}
    ${9}   | ${1}  | ${'bot: status'}      | ${['status']}
  `('$had of $limit, then $body: $outcomes', ({ had, limit, body, outcomes }) => {
    expect(plan(body, { waitingJobsPerUser: limit }, { waitingJobs: had })).toEqual(outcomes);
  });

  it('says what, why, and what to do where no waiting helps', () => {
    const [reason] = plan('bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3', { waitingJobsPerPullRequest: 1 }, {});
    expect(reason).toBe(
      'this bot lets one pull request have 1 job that waits or runs (`max_waiting_jobs_per_pull_request`, which its admin sets); this one has 0, and this command asks for 2: ask for fewer by filters',
    );
  });
});

it('a command of somebody without permission is told that, and nothing of limits', () => {
  const had = { commandsAt: minutesAgo(1, 2) };
  expect(plan(zen2, { commandsPerHourPerUser: 1 }, had, {}, 'carol')).toEqual(['no-permission']);
});
