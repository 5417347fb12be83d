import { describe, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../../../test/example-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import { parseComment } from '../comment/parse-comment.ts';
import { planAnswer } from '../comment/plan-answer.ts';
import { planComment } from '../comment/plan-comment.ts';
import type { BuildTarget } from '../submit/build-target.ts';
import type { BuiltJob } from './built-jobs.ts';

const site = exampleSettings();
const head = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const before = head.replace('1a', '2b');
const pullRequest = { number: 9, baseBranch: 'main', headSha: head };

function plan(typed: string, built: readonly BuiltJob[], settings: Settings = site, unread: readonly string[] = []) {
  const place = { delivery: 'd-2', pullRequest, pullRequestDir: '/jobs/pr_9', built, unread, firstRun: 0 };
  const comment = exampleComment(`bot: ${typed}`);
  const planned = planComment(parseComment(comment, settings), { built, place }, settings);
  const [command] = planned.kind === 'planned' ? planned.commands : [];
  if (planned.kind !== 'planned' || command === undefined) throw new Error(`not planned: ${typed}`);
  return { ...command, reactions: planned.reactions };
}

function targets(typed: string, settings: Settings = site): readonly BuildTarget[] {
  const { outcome } = plan(typed, [], settings);
  if (!('targets' in outcome)) throw new Error(`no targets: ${typed}`);
  return outcome.targets;
}

/** What a command builds, in short: the architectures. */
const archOf = ({ outcome }: ReturnType<typeof plan>) =>
  'targets' in outcome ? outcome.targets.map(({ forArch }) => forArch.replace(/.*\//, '')) : outcome.kind;

/** Why it does not build the rest. */
function told(command: ReturnType<typeof plan>): readonly string[] {
  const done = command.build && { kind: 'built', jobs: [], failures: [] };
  const result = planAnswer(command, done, 'alice', site)?.result;
  if (result === undefined) return [];
  return 'failures' in result ? result.failures : 'reason' in result && result.reason ? [result.reason] : [];
}

const [zen2, zen3] = targets('build for:arch=x86_64/amd/zen2+x86_64/amd/zen3');
if (zen2 === undefined || zen3 === undefined) throw new Error('no targets');
const url = 'https://github.com/O/R/pull/9#issuecomment-1';
const job = (id: string, target: BuildTarget, state: BuiltJob['state'], commit = head): BuiltJob => ({
  ...{ id, target, state, commit, url },
});
const exported = { ...zen2, exports: ['SKIP_TESTS=yes'] };
const all = 'ended otherwise';

describe('what is built again', () => {
  it.each<[string, string, readonly BuiltJob[], unknown]>([
    ['retry', 'one of two failed', [job('1', zen2, 'SUCCESS'), job('2', zen3, all)], ['zen3']],
    ['retry', 'both were green on another head', [job('1', zen2, 'SUCCESS', before)], ['zen2']],
    ['retry', 'failed, then green', [job('1', zen2, all), job('2', zen2, 'SUCCESS')], []],
    ['retry', 'green, then failed: it is green', [job('1', zen2, 'SUCCESS'), job('2', zen2, all)], []],
    ['retry', 'it is green with other exports', [job('1', exported, 'SUCCESS'), job('2', zen2, all)], []],
    ['retry', 'it runs', [job('1', zen2, 'not ended')], []],
    ['retry force', 'it runs', [job('1', zen2, 'not ended')], ['zen2']],
    ['retry force', 'it is green', [job('1', zen2, 'SUCCESS')], []],
    ['retry', 'it runs on another head', [job('1', zen2, 'not ended', before)], ['zen2']],
    ['retry', 'failed three times: once', [job('1', zen2, all), job('2', zen2, all), job('3', zen2, all)], ['zen2']],
    ['retry arch:zen3', 'both failed', [job('1', zen2, all), job('2', zen3, all)], ['zen3']],
    ['retry acc:cc80 repo:R1', 'what failed has no accelerator', [job('1', zen2, all)], 'refused'],
    ['retry repo:other', 'it failed', [job('1', zen2, all)], 'nothing-matches'],
    ['retry repo:other inst:bot-a', 'it failed', [job('1', zen2, all)], 'refused'],
    ['retry', 'nothing was built', [], 'nothing-matches'],
    ['retry inst:bot-a', 'nothing was built', [], 'refused'],
    ['retry arch:zen3', 'it is here, and was never built', [job('1', zen2, all)], 'refused'],
    ['rebuild arch:zen3 jobid:1', 'a job is named', [job('1', zen2, all)], 'refused'],
    [
      'retry',
      'a job of an earlier version, whose commit is not known',
      [{ id: '1', target: zen2, state: all }],
      ['zen2'],
    ],
    ['retry sha:1a2b3c4', 'it failed', [job('1', zen2, all)], ['zen2']],
    ['retry sha:2b2b3c4', 'it failed', [job('1', zen2, all)], 'refused'],
    ['rebuild', 'one is green', [job('1', zen2, 'SUCCESS'), job('2', zen3, all)], ['zen2', 'zen3']],
    ['rebuild', 'one runs', [job('1', zen2, 'not ended'), job('2', zen3, all)], ['zen3']],
    ['rebuild force', 'one runs', [job('1', zen2, 'not ended'), job('2', zen3, all)], ['zen2', 'zen3']],
  ])('bot: %s, where %s', (typed, _where, built, expected) => {
    expect(archOf(plan(typed, built))).toEqual(expected);
  });

  it('as it was ordered last, on the node type of today', () => {
    const nodeTypes = site.nodeTypes.map((each) => ({ ...each, slurmParams: ['--new'] }));
    const built = [job('1', zen2, all), job('2', exported, all)];
    expect(plan('retry', built, { ...site, nodeTypes }).outcome).toMatchObject({ targets: [exported] });
  });

  it.each([
    ['--time [0-9]+', '--time=30'],
    ['^--time=[0-9]+$', '--time=30'],
    ['^-t [0-9]+$', '-t30'],
  ])('what was allowed by %s is allowed again: %s', (value, word) => {
    const settings = { ...site, build: { ...site.build, allowedSubmitArguments: [{ value }] } };
    const target = { ...zen2, submitArguments: [word] };
    expect(plan('retry', [job('1', target, all)], settings).outcome).toMatchObject({ targets: [target] });
    expect(plan('retry', [job('1', target, all)]).outcome).toMatchObject({ targets: [], refusedTargets: [{ target }] });
  });

  it('says what has no node type any more, and builds the rest', () => {
    const nodeTypes = site.nodeTypes.filter(({ name }) => name !== zen2.nodeType.name);
    const command = plan('retry', [job('1', zen2, all), job('2', zen3, all)], { ...site, nodeTypes });
    expect(archOf(command)).toEqual(['zen3']);
    expect(told(command)).toContain(
      'no job for `R1` on `cpu_zen2`: this bot has no such node type any more; `bot: show_config` lists all.',
    );
  });

  const nothingOf = (typed: string) =>
    `nothing that \`${typed}\` selects was built on this pull request yet; \`bot: build\` with what to build orders it.`;
  it.each([
    ['retry arch:zen3', site, nothingOf('retry architecture:zen3'), 'build for:arch=x86_64/amd/zen3'],
    ['explain retry arch:zen3', site, nothingOf('retry architecture:zen3'), 'explain build for:arch=x86_64/amd/zen3'],
    [
      'rebuild acc:cc80 repo:R1',
      site,
      nothingOf('rebuild accelerator:cc80 repository:R1'),
      'build for:arch=x86_64/amd/zen3,accel=nvidia/cc80 repo:R1',
    ],
    [
      'retry arch:generic',
      exampleSettings6(),
      nothingOf('retry architecture:generic'),
      'build arch:linux/x86_64/generic',
    ],
    [
      'retry arch:zne2',
      site,
      '`architecture:zne2` selects nothing of `bot-a`; the nearest is `architecture:zen2`; `bot: show_config` lists all.',
      'retry architecture:zen2',
    ],
    [
      'rebuild jobid:1',
      site,
      '`rebuild` takes no `jobid:`: it builds targets again, each once, whatever their jobs; `arch:` says which, as in `bot: rebuild arch:zen2`.',
      undefined,
    ],
  ])('bot: %s selects nothing that was built', (typed, settings, reason, example) => {
    expect(plan(typed, [job('1', zen2, all)], settings).outcome).toEqual({
      kind: 'refused',
      reason,
      ...(example !== undefined && { example }),
    });
  });

  it.each<[string, readonly BuiltJob[], readonly string[]]>([
    [
      'retry',
      [job('1', zen2, 'SUCCESS')],
      ['1 target has ended in SUCCESS on `1a2b3c4d5e6f` already, and is left out; `bot: rebuild` builds all again'],
    ],
    [
      'retry',
      [job('1', zen2, 'not ended')],
      [
        `no job for \`R1\` on \`cpu_zen2\`: job \`1\` builds it already, of the same commit, see ${url}`,
        'to build what is being built once more, add the word `force`',
      ],
    ],
    [
      'retry inst:bot-a',
      [],
      [
        '`bot-a` has no job of this pull request that it could `retry`: nothing was built yet, or the directories of its jobs were moved away when the pull request was closed; `bot: build` with what to build orders it.',
      ],
    ],
  ])('bot: %s tells why nothing is built', (typed, built, text) => {
    const command = plan(typed, built);
    expect(told(command)).toEqual(text);
    expect(command.reactions).toEqual(['eyes', 'confused']);
    expect(command.build).toBeUndefined();
  });
});

describe('the same build, ordered twice', () => {
  const both = 'build for:arch=x86_64/amd/zen2+x86_64/amd/zen3';
  const running = job('1', zen2, 'not ended');
  const quiet = { ...site, control: { ...site.control, chatLevel: 'minimal' as const } };

  it.each<[string, string, readonly BuiltJob[], Settings, unknown]>([
    ['the first runs', both, [running], site, ['zen3']],
    ['force', `${both} force`, [running], site, ['zen2', 'zen3']],
    ['the first has failed', both, [job('1', zen2, all)], site, ['zen2', 'zen3']],
    ['the first is green', both, [job('1', zen2, 'SUCCESS')], site, ['zen2', 'zen3']],
    ['the first is of another head', both, [job('1', zen2, 'not ended', before)], site, ['zen2', 'zen3']],
    ['the first exports something', both, [job('1', exported, 'not ended')], site, ['zen2', 'zen3']],
    ['it cannot be told at this chat level', both, [running], quiet, ['zen2', 'zen3']],
  ])('%s', (_where, typed, built, settings, expected) => {
    expect(archOf(plan(typed, built, settings))).toEqual(expected);
  });

  it('only what two commands share is answered with a link', () => {
    const command = plan(both, [running]);
    expect(command.reactions).toEqual(['eyes', 'confused']);
    expect(command.build).toBeDefined();
    expect(told(command)).toEqual([
      `no job for \`R1\` on \`cpu_zen2\`: job \`1\` builds it already, of the same commit, see ${url}`,
      'to build what is being built once more, add the word `force`',
    ]);
  });

  it('one that an earlier comment has ordered has no job yet', () => {
    const ordered: BuiltJob = { target: zen2, state: 'not ended', commit: head };
    expect(told(plan('build for:arch=x86_64/amd/zen2', [ordered]))).toContain(
      'no job for `R1` on `cpu_zen2`: an earlier comment has ordered it, of the same commit',
    );
  });

  it('before generation 9 too', () => {
    const site6 = exampleSettings6();
    const [first] = targets('build', site6);
    if (first === undefined) throw new Error('no target');
    expect(archOf(plan('build', [job('1', first, 'not ended')], site6))).toHaveLength(
      targets('build', site6).length - 1,
    );
    expect(archOf(plan('retry arch:generic', [job('1', first, all)], site6))).toEqual(['generic']);
  });
});

it.each(['build for:arch=x86_64/amd/zen2', 'retry', 'rebuild'])(
  '%s names the jobs of which it is not known what they build',
  (typed) => {
    const command = plan(typed, [job('1', zen2, all)], site, ['7']);
    expect(archOf(command)).toEqual(['zen2']);
    expect(command.reactions).toEqual(['eyes', 'confused']);
    expect(told(command)).toEqual([
      'what job `7` builds is not known, since its record was changed by something other than the bot: it counts neither as built nor as being built; its comment says what it builds',
    ]);
  },
);
