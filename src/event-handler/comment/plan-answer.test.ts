import { describe, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { PlannedCommand, WrittenPlan } from './kept-plan.ts';
import { planAnswer, planToGiveUp, planToGoOn, planToWait, responseItems } from './plan-answer.ts';

const site = exampleSettings();
const [nodeType] = site.nodeTypes;
const target = { nodeType, repositoryId: 'R1', forArch: 'x86_64/amd/zen2', exports: [] };
const reason = 'no such target' as Markdown;
const pullRequest = { number: 9, baseBranch: 'main', headSha: 'c0ffee' };
const build = { pullRequest, pullRequestDir: '/jobs/pr_9', runDir: '/jobs/pr_9/event_d-1/run_000' };
const plan: WrittenPlan = {
  version: 1,
  delivery: 'd-1',
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  commentId: 5,
  sender: 'alice',
  commands: [],
  reactions: ['eyes'],
  reacted: true,
  said: {},
};
const named = (name: string, outcome: object, more: object = {}) =>
  ({ typed: name, command: { name, expanded: name }, outcome, ...more }) as unknown as PlannedCommand;
const builds = { kind: 'build', targets: [target], refusedTargets: [] };
const partly = { ...builds, refusedTargets: [{ target, reason }], unmatched: ['no zen9'] };

const failed = { kind: 'git-failed', failure: { kind: 'failed', step: 'apply', message: 'oops' } };
const built = { kind: 'built', jobs: [{ id: '7' }], failures: ['b'] };
const refusals = ['no zen9', 'no job for `R1` on `cpu_zen2`: no such target'];
const nothing = { kind: 'nothing', command: 'build' };
const saying = (what: string, text: string) => ({ saying: what, body: expect.stringContaining(text) });

it.each`
  what                            | command                                                               | done                | answer
  ${'for another instance'}       | ${named('help', { kind: 'left-to-others' })}                          | ${undefined}        | ${undefined}
  ${'not understood'}             | ${{ typed: 'x', outcome: { kind: 'misunderstood', reason } }}         | ${undefined}        | ${undefined}
  ${'of a stranger'}              | ${named('help', { kind: 'no-permission', which: 'command' })}         | ${undefined}        | ${undefined}
  ${'a build without permission'} | ${named('build', { kind: 'no-permission', which: 'build' })}          | ${undefined}        | ${{ comment: saying('no build permission', '`alice`'), result: { ...nothing, reason: 'account `alice` has NO permission to submit build jobs' } }}
  ${'refused'}                    | ${named('build', { kind: 'refused', reason })}                        | ${undefined}        | ${{ result: { kind: 'failed', command: 'build', reason } }}
  ${'of what is not here'}        | ${named('show_config', { kind: 'nothing-matches' })}                  | ${undefined}        | ${{ result: { ...nothing, command: 'show_config' } }}
  ${'help'}                       | ${named('help', { kind: 'help' })}                                    | ${undefined}        | ${{ result: { kind: 'help', text: expect.stringContaining('What can be typed') } }}
  ${'show_config'}                | ${named('show_config', { kind: 'show_config', nodeTypes: [] })}       | ${undefined}        | ${{ comment: saying('show_config', '`bot-a`'), result: { ...nothing, command: 'show_config' } }}
  ${'status'}                     | ${named('status', { kind: 'status', lastBuild: false, filters: [] })} | ${{ comments: [] }} | ${{ comment: saying('status', 'Nothing was built for this pull request yet.'), result: { ...nothing, command: 'status' } }}
  ${'a build of no target'}       | ${named('build', { ...partly, targets: [] })}                         | ${undefined}        | ${{ result: { kind: 'build', jobs: [], failures: refusals } }}
  ${'a build without a commit'}   | ${named('build', builds)}                                             | ${undefined}        | ${{ result: { kind: 'failed', command: 'build', reason: 'GitHub no longer shows this pull request to the bot' } }}
  ${'a build of some targets'}    | ${named('build', partly)}                                             | ${built}            | ${{ result: { kind: 'build', jobs: [{ id: '7' }], failures: [...refusals, 'b'] } }}
  ${'a build that git refused'}   | ${named('build', builds)}                                             | ${failed}           | ${{ comment: saying('download failure', 'oops'), result: nothing }}
  ${'one that both refused'}      | ${named('build', partly)}                                             | ${failed}           | ${{ comment: saying('download failure', 'oops'), result: { kind: 'build', jobs: [], failures: refusals } }}
`('$what is answered', ({ command, done, answer }) => {
  expect(planAnswer(command, done, 'alice', site)).toEqual(answer);
});

it('a build without permission is told in the response where the site has no text for it', () => {
  const silent = { ...site, texts: { ...site.texts, noBuildPermission: '' as typeof site.texts.noBuildPermission } };
  const command = named('build', { kind: 'no-permission', which: 'build' });
  expect(planAnswer(command, undefined, 'alice', silent)).toEqual({ result: { kind: 'no-build-permission' } });
});

it('says in the words of `cancel` that the permission is missing, and who gives it', () => {
  const command = named(
    'cancel',
    { kind: 'no-permission', which: 'build' },
    { result: { kind: 'no-build-permission' } },
  );
  expect(responseItems({ ...plan, commands: [command] })).toMatchObject([
    {
      result: {
        saying: 'response with a refusal',
        lines: [
          '  - User `alice` cannot submit or cancel build jobs.',
          '  - the admin of this instance gives it, by `build_permission`',
        ],
      },
    },
  ]);
});

describe('what the response tells', () => {
  const done = { kind: 'nothing', command: 'build' };
  const told = { kind: 'told', lines: ['  - no jobs were submitted', '  - why is told in a comment of its own'] };
  it.each`
    what                          | commands                                                                        | items
    ${'nothing of others'}        | ${[named('help', { kind: 'left-to-others' })]}                                  | ${[]}
    ${'once that nobody may'}     | ${[1, 2].map(() => named('help', { kind: 'no-permission', which: 'command' }))} | ${[{ kind: 'no-command-permission' }]}
    ${'why it was misunderstood'} | ${[{ typed: 'x', outcome: { kind: 'misunderstood', reason } }]}                 | ${[{ kind: 'misunderstood', typed: 'x', reason }]}
    ${'what came of it'}          | ${[named('build', builds, { result: done })]}                                   | ${[{ kind: 'received', typed: 'build', expanded: 'build', result: told }]}
    ${'what it waits for'}        | ${[named('build', builds)]}                                                     | ${[{ kind: 'received', typed: 'build', expanded: 'build', waitsFor: 'Slurm is away.' }]}
  `('$what', ({ commands, items }) => {
    expect(responseItems({ ...plan, commands, waitsFor: 'Slurm is away.' as Markdown })).toEqual(items);
  });

  // The simulator found it: seed 9827431. The comment said for ever that the command has to wait.
  it('that another instance is meant, where it had been told before that it has to wait', () => {
    const commands = [named('log', { kind: 'log' }, { result: { kind: 'left-to-others' } })];
    const told = { kind: 'told', lines: ['  - nothing was done here: another instance is meant'] };
    const item = { kind: 'received', typed: 'log', expanded: 'log', result: told };
    expect(responseItems({ ...plan, commands })).toEqual([]);
    expect(responseItems({ ...plan, commands, said: { response: { kind: 'posting' } } })).toEqual([item]);
    const both = [...commands, named('build', builds)];
    expect(responseItems({ ...plan, commands: both, said: { response: { kind: 'posting' } } })).toHaveLength(1);
  });

  it.each`
    shown        | before                       | now                          | told
    ${undefined} | ${undefined}                 | ${'git: nothing after 9 ms'} | ${true}
    ${'shown'}   | ${'git: nothing after 9 ms'} | ${'git: nothing after 7 ms'} | ${false}
    ${'shown'}   | ${'git: nothing after 9 ms'} | ${'Slurm is away'}           | ${true}
    ${undefined} | ${'Slurm is away'}           | ${'Slurm is away'}           | ${true}
  `('that it waits for "$now" after "$before", $shown: $told', ({ shown, before, now, told }) => {
    const kept = { ...plan, ...(shown && { shown }), ...(before && { waitsFor: before }) };
    expect(planToWait(kept, now)).toEqual(told ? { ...kept, waitsFor: now } : undefined);
  });

  it('that what is open was given up; it is open again when its delivery is put back', () => {
    const done = named('help', { kind: 'help' }, { result: { kind: 'nothing', command: 'build' } });
    const open = named('build', builds, { build });
    const others = named('build', { kind: 'left-to-others' });
    const commands = [done, open, others];
    const given = planToGiveUp({ ...plan, commands });
    expect(given).toMatchObject({ reactions: ['confused'], reacted: false });
    expect(given.commands).toEqual([
      done,
      {
        ...open,
        givenUp: true,
        result: { kind: 'failed', command: 'build', reason: expect.stringContaining('`d-1`') },
      },
      others,
    ]);
    expect(planToGoOn(given).commands).toEqual(commands);
  });
});
