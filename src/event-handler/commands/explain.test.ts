import { describe, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../../../test/example-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import { parseComment } from '../comment/parse-comment.ts';
import { planAnswer } from '../comment/plan-answer.ts';
import { type CommentFacts, planComment } from '../comment/plan-comment.ts';
import type { BuiltJob } from './built-jobs.ts';
import { explain } from './explain.ts';

const site = exampleSettings();
const headSha = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const pullRequest = { number: 9, baseBranch: 'main', headSha };

function plan(
  typed: string,
  built: readonly BuiltJob[] = [],
  settings: Settings = site,
  more: Partial<CommentFacts> = {},
) {
  const place = { delivery: 'd-2', pullRequest, pullRequestDir: '/jobs/pr_9', built, firstRun: 0 };
  const parsed = parseComment(exampleComment(`bot: ${typed}`), settings);
  const planned = planComment(parsed, { built, place, ...more }, settings);
  const [command] = planned.kind === 'planned' ? planned.commands : [];
  if (planned.kind !== 'planned' || command === undefined) throw new Error(`not planned: ${typed}`);
  return { ...command, reactions: planned.reactions, unplaced: planned.unplaced };
}

/** What the explanation says to alice; of one that is refused, why. */
function said(typed: string, built: readonly BuiltJob[] = [], settings: Settings = site): string {
  const planned = plan(typed, built, settings);
  const { outcome } = planned;
  if ('reason' in outcome) return `${outcome.kind}: ${outcome.reason}`;
  return planAnswer(planned, { login: 'alice', mayBuild: true }, 'alice', settings)?.comment?.body ?? '';
}

const zen2 = 'for:arch=x86_64/amd/zen2';
const targets = (typed: string) => {
  const { outcome } = plan(typed);
  return 'targets' in outcome ? outcome.targets : [];
};
const [target] = targets(`build ${zen2}`);
if (target === undefined) throw new Error('no target');
const job = (state: BuiltJob['state']): BuiltJob => ({ id: '7', target, state, commit: headSha, url: 'https://u/7' });

it('plans what the command itself would, and nothing that is carried out', () => {
  const { outcome, build, reactions } = plan(`explain build ${zen2}+x86_64/amd/zen3 force`);
  expect(outcome).toEqual({
    kind: 'explain',
    of: plan(`build ${zen2}+x86_64/amd/zen3 force`).outcome,
    typed: 'build for:architecture=x86_64/amd/zen2+x86_64/amd/zen3 force',
    commit: headSha,
  });
  expect([build, reactions]).toEqual([undefined, ['eyes']]);
});

describe('what the command would refuse is refused, for the same reason', () => {
  it.each<[string, readonly BuiltJob[]]>([
    [`build ${zen2} repo:other inst:bot-a`, []],
    ['build for:arch=aarch64/generic', []],
    ['build for:arch=aarch64/generic inst:bot-a', []],
    [`build ${zen2} sha:0123456`, []],
    [`build ${zen2} export:SKIP_TESTS=no`, []],
    ['build arch:zen2', []],
    [`build ${zen2} now`, []],
    ['retry', []],
    ['retry inst:bot-a', []],
    ['retry repo:other', [job('ended otherwise')]],
    ['rebuild sha:2222222', [job('ended otherwise')]],
  ])('%s', (typed, built) => {
    const [explained, itself] = [plan(`explain ${typed}`, built).outcome, plan(typed, built).outcome];
    expect(explained).toEqual({
      ...itself,
      ...('example' in itself && { example: `explain ${itself.example}` }),
      reason: 'reason' in itself ? itself.reason : 'not refused',
    });
  });

  it('beyond a limit of jobs; what is explained takes nothing of it', () => {
    const limits = { ...site.control.limits, waitingJobsPerUser: 1 };
    const limited = { ...site, control: { ...site.control, limits } };
    const none = { waitingJobs: 0, commandsAt: [] };
    const usage = { at: new Date('2026-03-10T12:00:00Z'), user: none, pullRequest: none };
    const two = `build ${zen2}+x86_64/amd/zen3`;
    expect(plan(`explain ${two}`, [], limited, { usage }).outcome).toEqual(plan(two, [], limited, { usage }).outcome);
    const comment = exampleComment(`bot: explain build ${zen2}\nbot: build ${zen2}`);
    const planned = planComment(parseComment(comment, limited), { usage }, limited);
    expect(planned).toMatchObject({ commands: [{ outcome: { kind: 'explain' } }, { outcome: { kind: 'build' } }] });
  });
});

it.each`
  typed                                                                                        | built                       | expected
  ${`explain build ${zen2}`}                                                                   | ${[]}                       | ${/^Instance `bot-a` would submit 1 job for `build for:architecture=x86_64\/amd\/zen2`\. Nothing was done\.[\s\S]*\|`x86_64\/amd\/zen2`\|`R1`\|`cpu_zen2`\|[\s\S]*sbatch on `cpu_zen2`: `--hold` `--time=24:00:00`/}
  ${`explain build ${zen2}`}                                                                   | ${[job('not ended')]}       | ${/^Instance `bot-a` would submit no job .*: see below\.\n\n- no job for `R1` on `cpu_zen2`: job `7` builds it already/}
  ${`explain build ${zen2}+aarch64/generic`}                                                   | ${[]}                       | ${/would submit 1 job [\s\S]*- `for:arch=aarch64\/generic` is no target of `bot-a`/}
  ${'explain build for:arch=all'}                                                              | ${[]}                       | ${/would submit 2 jobs [\s\S]*- `for:arch=all` leaves out nodes with an accelerator; to build for them, type `for:arch=x86_64\/amd\/zen4,accel=None`, `for:arch=x86_64\/amd\/zen3,accel=nvidia\/cc80`/}
  ${'explain build for:arch=all for:arch=x86_64/none/such'}                                    | ${[]}                       | ${/would submit 2 jobs [\s\S]*- `for:arch=x86_64\/none\/such` is no target of `bot-a`[\s\S]*- `for:arch=all` leaves out nodes/}
  ${'explain build for:arch=all repo:R1 arch:zen3 for:arch=x86_64/amd/zen3,accel=nvidia/cc80'} | ${[]}                       | ${/^((?!leaves out)[\s\S])*$/}
  ${'explain build for:arch=all,accel=nvidia/cc80'}                                            | ${[]}                       | ${/^((?!leaves out)[\s\S])*$/}
  ${'explain retry'}                                                                           | ${[job('SUCCESS')]}         | ${/would submit no job for `retry`: see below\.\n\n- 1 target has ended in SUCCESS on `1a2b3c4d5e6f` already/}
  ${'explain retry'}                                                                           | ${[job('ended otherwise')]} | ${/would submit 1 job for `retry`/}
  ${'explain rebuild'}                                                                         | ${[job('SUCCESS')]}         | ${/would submit 1 job for `rebuild`[\s\S]*commit: `1a2b3c4d5e6f`/}
`('$typed: $expected', ({ typed, built, expected }) => {
  expect(said(typed, built)).toMatch(expected);
});

it('of generations before `for:`, with the parameters of their targets', () => {
  expect(said('explain build arch:zen2', [], exampleSettings6())).toMatch(
    /\|`x86_64\/amd\/zen2`\|`R1`\|`linux\/x86_64\/amd\/zen2`\|[\s\S]*: `--hold` .*`-p` `z2`/,
  );
});

describe('what is nothing to explain', () => {
  it.each`
    typed                      | reason
    ${'explain'}               | ${'The first word after `explain` is the command that it is about: `build`, `retry`, `rebuild`, `deploy`.'}
    ${'explain inst:bot-a'}    | ${'The first word after `explain` is the command that it is about: `build`, `retry`, `rebuild`, `deploy`.'}
    ${'explain status'}        | ${'`explain` does not take `status`; there are `build`, `retry`, `rebuild`, `deploy`.'}
    ${'explain biuld arch:x'}  | ${'`explain` does not take `biuld`; did you mean `build`?'}
    ${'explain explain retry'} | ${'`explain` does not take `explain`; there are `build`, `retry`, `rebuild`, `deploy`.'}
  `('bot: $typed', ({ typed, reason }) => {
    const { outcome, reactions } = plan(typed);
    expect(outcome).toEqual({ kind: 'misunderstood', reason, example: `explain build ${zen2}` });
    expect(reactions).toEqual(['eyes', 'confused']);
  });
});

it.each(['explain build inst:bot-b', 'explain build on:inst=bot-b', 'explain inst:bot-b', 'explain status inst:bot-b'])(
  'leaves to others: bot: %s',
  (typed) => {
    expect(parseComment(exampleComment(`bot: ${typed}`), site)).toMatchObject({ kind: 'ignored' });
  },
);

it('waits for GitHub to tell the commit, as the command would; where the pull request is gone it says so', () => {
  const parsed = parseComment(exampleComment(`bot: explain build ${zen2}`), site);
  expect(planComment(parsed, { built: [] }, site)).toMatchObject({ unplaced: true });
  const place = { delivery: 'd-2', pullRequest: 'gone' as const, pullRequestDir: '/jobs/pr_9', built: [], firstRun: 0 };
  const { outcome } = plan(`explain build ${zen2}`, [], site, { place });
  expect(outcome).not.toHaveProperty('commit');
});

it('whoever may command may ask; it tells whether they may build', async () => {
  const { outcome } = plan(`explain build ${zen2}`);
  if (outcome.kind !== 'explain') throw new Error('not explained');
  const context = { delivery: 'd', repository: { owner: 'O', name: 'R' }, pullRequest: 9, told: Promise.resolve() };
  const tools = { settings: site } as Parameters<NonNullable<typeof explain.carryOut>>[2];
  const asked = (login: string) => explain.carryOut?.(outcome, { ...context, orderedBy: { login } }, tools);
  expect([await asked('alice'), await asked('bob')]).toEqual([
    { login: 'alice', mayBuild: true },
    { login: 'bob', mayBuild: false },
  ]);
});
