import { describe, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../../../test/example-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import type { CommentRoute } from '../events/route.ts';
import { jobSubdirectory } from '../submit/job-subdirectory.ts';
import type { Outcome } from './kept-plan.ts';
import { parseComment } from './parse-comment.ts';
import { type CommentFacts, type CommentPlan, planComment } from './plan-comment.ts';

const site = exampleSettings();

function plan(
  body: string,
  settings: Settings = site,
  comment: Partial<CommentRoute> = {},
  facts: CommentFacts = {},
): CommentPlan {
  const known = { ownLogin: 'our-bot[bot]', ...facts };
  return planComment(parseComment(exampleComment(body, comment), settings), known, settings);
}

function outcomes(planned: CommentPlan): readonly Outcome[] {
  return planned.kind === 'planned' ? planned.commands.map(({ outcome }) => outcome) : [];
}

const reactions = (planned: CommentPlan) => (planned.kind === 'planned' ? planned.reactions : []);

/** What a build command gives, in short. */
function inShort(planned: CommentPlan, settings: Settings): string | readonly string[] {
  const [outcome] = outcomes(planned);
  if (outcome === undefined) return 'ignored';
  if (outcome.kind === 'refused' || outcome.kind === 'misunderstood') return `refused: ${outcome.reason}`;
  if (outcome.kind !== 'build') return outcome.kind;
  const { targets } = outcome;
  return targets.map((target) => `${target.nodeType.name} ${jobSubdirectory(target, targets, settings.dialect)}`);
}

const zen2 = 'for:arch=x86_64/amd/zen2';
const withList = (settings: Settings, commandPermission: readonly string[]): Settings => ({
  ...settings,
  control: { ...settings.control, commandPermission },
});

describe('who is heard', () => {
  it.each`
    who                                | comment                                            | listed              | why
    ${'an edited comment'}             | ${{ action: 'edited' }}                            | ${['alice']}        | ${'The comment was edited; only new ones are read.'}
    ${'a comment on an issue'}         | ${{ isPullRequest: false }}                        | ${['alice']}        | ${'The comment is on an issue, not on a pull request.'}
    ${'the bot itself, though listed'} | ${{ sender: 'Our-Bot[bot]', senderIsBot: true }}   | ${['our-bot[bot]']} | ${'The comment is our own.'}
    ${'one sent through an App'}       | ${{ viaApp: 'helper' }}                            | ${['alice']}        | ${'The comment was sent through the App helper, which is not in allowed_apps.'}
    ${'a bot that is not listed'}      | ${{ sender: 'other-bot[bot]', senderIsBot: true }} | ${['alice']}        | ${'The comment is by a bot that is not in command_permission.'}
  `('$who: $why', ({ comment, listed, why }) => {
    expect(plan('bot: help', withList(site, listed), comment)).toEqual({ kind: 'ignored', why });
  });

  it.each`
    what                                       | comment                                                 | listed        | apps
    ${'an App that is listed'}                 | ${{ viaApp: 'Helper' }}                                 | ${['alice']}  | ${['helper']}
    ${'a bot that is listed, whose App it is'} | ${{ sender: 'o[bot]', senderIsBot: true, viaApp: 'o' }} | ${['o[bot]']} | ${[]}
  `('obeys what came through $what', ({ comment, listed, apps }) => {
    const settings = withList(site, listed);
    const allowed = { ...settings, control: { ...settings.control, allowedApps: apps } };
    expect(outcomes(plan('bot: help', allowed, comment))).toEqual([{ kind: 'help' }]);
  });

  it.each`
    whose                                                   | planned
    ${[{ kind: 'left-to-others' }]}                         | ${{ kind: 'ignored', why: 'Its commands are about jobs of other instances.' }}
    ${[{ kind: 'nothing-matches', reason: 'no job here' }]} | ${{ commands: [{ outcome: { kind: 'nothing-matches', reason: 'no job here' } }], reactions: ['eyes', 'confused'] }}
    ${[{ kind: 'ours' }]}                                   | ${{ commands: [{ outcome: { kind: 'cancel', ids: ['7'] } }], reactions: ['eyes'] }}
  `('a command about what $whose have', ({ whose, planned }) => {
    expect(plan('bot: cancel jobid:7', site, {}, { whose })).toMatchObject(planned);
  });

  it('obeys a bot that is listed', () => {
    const bot = { sender: 'other-bot[bot]', senderIsBot: true };
    expect(outcomes(plan('bot: help', withList(site, ['other-bot[bot]']), bot))).toEqual([{ kind: 'help' }]);
  });

  it.each`
    command                       | from       | because
    ${'bot: status inst:bot-b'}   | ${'alice'} | ${'another instance is named'}
    ${'bot: buld inst:bot-b'}     | ${'alice'} | ${'another instance is named, though the command is malformed'}
    ${'bot: build on:inst=bot-b'} | ${'alice'} | ${'another instance is named in `on:`'}
    ${'bot: help inst:bot-b'}     | ${'carol'} | ${'another instance is named, whoever sent it'}
  `('ignores $command of $from: $because', ({ command, from }) => {
    const why = 'All its commands are for other instances.';
    expect(plan(command, site, { sender: from })).toEqual({ kind: 'ignored', why });
  });

  it('has nothing to say about a comment without a command', () => {
    expect(plan('> bot: help')).toEqual({ kind: 'ignored', why: 'The comment has no command.' });
  });
});

describe('permissions and reactions', () => {
  const everyone: Settings = { ...site, build: { ...site.build, permission: 'everyone' } };

  it.each`
    command                   | from       | settings              | outcome                                        | shown
    ${`bot: build ${zen2}`}   | ${'ALICE'} | ${site}               | ${{ kind: 'build' }}                           | ${['eyes']}
    ${`bot: build ${zen2}`}   | ${'bob'}   | ${site}               | ${{ kind: 'no-permission', which: 'build' }}   | ${['eyes', 'confused']}
    ${`bot: build ${zen2}`}   | ${'bob'}   | ${everyone}           | ${{ kind: 'build' }}                           | ${['eyes']}
    ${`bot: build ${zen2}`}   | ${'carol'} | ${everyone}           | ${{ kind: 'no-permission', which: 'command' }} | ${['eyes', 'confused']}
    ${`bot: build ${zen2}`}   | ${'alice'} | ${withList(site, [])} | ${{ kind: 'no-permission', which: 'command' }} | ${['eyes', 'confused']}
    ${'bot: build arch:zen2'} | ${'bob'}   | ${site}               | ${{ kind: 'misunderstood' }}                   | ${['eyes', 'confused']}
    ${'bot: buld'}            | ${'carol'} | ${site}               | ${{ kind: 'no-permission', which: 'command' }} | ${['eyes', 'confused']}
    ${'bot: status'}          | ${'bob'}   | ${site}               | ${{ kind: 'status' }}                          | ${['eyes']}
  `('$command of $from: $outcome.kind $outcome.which', ({ command, from, settings, outcome, shown }) => {
    const planned = plan(command, settings, { sender: from });
    expect(planned).toMatchObject({ kind: 'planned', commands: [{ outcome }] });
    expect(reactions(planned)).toEqual(shown);
  });

  it('reacts to nothing at incognito, and works all the same', () => {
    const quiet: Settings = { ...site, control: { ...site.control, chatLevel: 'incognito' } };
    const planned = plan(`bot: build ${zen2}`, quiet);
    expect(planned).toMatchObject({ commands: [{ outcome: { kind: 'build' } }] });
    expect(reactions(planned)).toEqual([]);
  });

  it('handles each command of a comment on its own', () => {
    const body = `bot: help\r\nbot: biuld ${zen2}\r\nbot: status inst:bot-b\r\nbot: show_config\r\n`;
    const planned = plan(body);
    expect(planned).toMatchObject({
      kind: 'planned',
      commands: [
        { typed: 'help', command: { name: 'help', expanded: 'help' }, outcome: { kind: 'help' } },
        { outcome: { kind: 'misunderstood', reason: '`biuld` is no command; did you mean `build`?' } },
        { outcome: { kind: 'left-to-others' } },
        { outcome: { kind: 'show_config', nodeTypes: site.nodeTypes } },
      ],
    });
    expect(reactions(planned)).toEqual(['eyes', 'confused']);
  });
});

describe('many commands in a comment', () => {
  const ordinary = (index: number) =>
    `bot: build repo:eessi.io-2023.06-software instance:eessi-bot-mc-aws on:arch=zen${index} for:arch=x86_64/amd/zen${index},accel=nvidia/cc70+nvidia/cc80\n`;
  const tooMuch = (index: number) => `bot: build arch:${'x'.repeat(97)}${index + 100} for:arch=a inst:bot-`;
  const comment = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  const named = { ...site, appName: 'eessi-bot-mc-aws' };

  it('60 of 130 characters are ordinary work', () => {
    const planned = outcomes(plan(comment(60, ordinary), named));
    expect(planned).toHaveLength(60);
    expect(planned.map(({ kind }) => kind)).not.toContain('misunderstood');
  });

  it.each`
    inst   | who          | outcome
    ${'a'} | ${'alice'}   | ${{ kind: 'misunderstood', reason: "The patterns of this comment's commands, down to this one, have more than 5000 steps in all. Put it into another comment.", example: 'help' }}
    ${'a'} | ${'mallory'} | ${{ kind: 'no-permission', which: 'command' }}
    ${'b'} | ${'alice'}   | ${{ kind: 'left-to-others' }}
  `('51 of a hundred steps for bot-$inst by $who: $outcome.kind', ({ inst, who, outcome }) => {
    const body = `bot: help\n${comment(51, (index) => `${tooMuch(index)}${inst}\n`)}`;
    const planned = outcomes(plan(body, site, { sender: who }));
    expect(planned).toHaveLength(52);
    expect(planned.at(-1)).toEqual(outcome);
  });
});

describe('targets of generation 9', () => {
  const all = '`bot: show_config` lists all.';
  const nearest = `\`for:arch=zen2\` is not the whole name of a target; type \`for:arch=x86_64/amd/zen2\`, or say where to build by \`on:\`; ${all}`;
  const noR2 = '`repository:R2` selects nothing of `bot-a`; the nearest is `repository:R1`';
  const on = 'on:arch=zen2 for:arch=a';

  it.each`
    arguments                                                                                         | result
    ${zen2}                                                                                           | ${['cpu_zen2 x86_64/amd/zen2/R1']}
    ${'for:arch=x86_64/amd/zen3'}                                                                     | ${['cpu_zen3 x86_64/amd/zen3/R1']}
    ${'for:arch=x86_64/amd/zen3,accel=nvidia/cc80'}                                                   | ${['gpu_a100 x86_64/amd/zen3/nvidia/cc80/R1']}
    ${'for:arch=x86_64/amd/zen3 accel:cc80'}                                                          | ${['gpu_a100 x86_64/amd/zen3/R1']}
    ${'for:arch=x86_64/amd/zen4'}                                                                     | ${`refused: \`bot-a\` has nodes of \`x86_64/amd/zen4\` only with an accelerator; type \`for:arch=x86_64/amd/zen4,accel=None\`; ${all}`}
    ${'on:arch=zen4 for:arch=a'}                                                                      | ${'refused: what this selects of `bot-a` has an accelerator, and is used for commands that ask for one; type `on:architecture=zen4,accel=None`.'}
    ${'on:arch=zen4,accel=None for:arch=a'}                                                           | ${['cpu_zen4 a/R1']}
    ${'for:arch=x86_64/amd/zen3,accel=nvidia/cc80+nvidia/cc90'}                                       | ${`refused: no node of \`x86_64/amd/zen3\` of \`bot-a\` has \`nvidia/cc80\` and \`nvidia/cc90\` together; to build for it elsewhere, say where: \`on:arch=x86_64/amd/zen3 for:arch=x86_64/amd/zen3,accel=nvidia/cc80+nvidia/cc90\`; ${all}`}
    ${'for:arch=x86_64/amd/zen4,accel=nvidia/cc80'}                                                   | ${`refused: no node of \`x86_64/amd/zen4\` of \`bot-a\` has \`nvidia/cc80\`; to build for it elsewhere, say where: \`on:arch=x86_64/amd/zen4,accel=None for:arch=x86_64/amd/zen4,accel=nvidia/cc80\`; ${all}`}
    ${'for:arch=x86_64/amd/zen4,accel=None'}                                                          | ${['cpu_zen4 x86_64/amd/zen4/None/R1']}
    ${'on:arch=zen2 for:arch=x86_64/amd/zen2,accel=nvidia/cc80'}                                      | ${['cpu_zen2 x86_64/amd/zen2/nvidia/cc80/R1']}
    ${'on:arch=zen3 for:arch=my-own.cpu'}                                                             | ${['cpu_zen3 my-own.cpu/R1']}
    ${'on:arch=zen3,accel=nvidia=cc80 for:arch=a+b'}                                                  | ${['gpu_a100 a/R1', 'gpu_a100 b/R1']}
    ${'for:arch=x86_64/amd/zen2+x86_64/amd/zen3'}                                                     | ${['cpu_zen2 x86_64/amd/zen2/R1', 'cpu_zen3 x86_64/amd/zen3/R1']}
    ${'for:arch=aarch64/generic+x86_64/amd/zen2'}                                                     | ${['cpu_zen2 x86_64/amd/zen2/R1']}
    ${'on:arch=zen2 for:arch=a+b,accel=x+y'}                                                          | ${['cpu_zen2 a/x+y/R1', 'cpu_zen2 b/x+y/R1']}
    ${'on:arch=zen[23] for:arch=a'}                                                                   | ${['cpu_zen2 a/R1', 'cpu_zen3 a/R1@cpu_zen3']}
    ${'for:arch=x86_64/amd/zen2 for:arch=x86_64/amd/zen3,accel=nvidia/cc80 for:arch=x86_64/amd/zen2'} | ${['cpu_zen2 x86_64/amd/zen2/R1', 'gpu_a100 x86_64/amd/zen3/nvidia/cc80/R1']}
    ${'for:arch=all'}                                                                                 | ${['cpu_zen2 x86_64/amd/zen2/R1', 'cpu_zen3 x86_64/amd/zen3/R1']}
    ${'for:arch=all,accel=nvidia/cc80'}                                                               | ${['gpu_a100 x86_64/amd/zen3/nvidia/cc80/R1']}
    ${'for:arch=all arch:zen3'}                                                                       | ${['cpu_zen3 x86_64/amd/zen3/R1']}
    ${'for:arch=all+x86_64/amd/zen2'}                                                                 | ${['cpu_zen2 x86_64/amd/zen2/R1', 'cpu_zen3 x86_64/amd/zen3/R1']}
    ${'for:arch=all repo:R1+R2'}                                                                      | ${['cpu_zen2 x86_64/amd/zen2/R1', 'cpu_zen3 x86_64/amd/zen3/R1']}
    ${'for:arch=all,accel=nvidia/cc90'}                                                               | ${'nothing-matches'}
    ${'for:arch=all repo:other'}                                                                      | ${'refused: `repository:other` selects nothing of `bot-a`; the nearest is `repository:R1`; `bot: show_config` lists all.'}
    ${'on:arch=zen2 for:arch=all'}                                                                    | ${['cpu_zen2 all/R1']}
    ${`${zen2} job:7`}                                                                                | ${['cpu_zen2 x86_64/amd/zen2/R1']}
    ${`${zen2} repo:R2`}                                                                              | ${`refused: ${noR2}; ${all}`}
    ${`${zen2} repo:other`}                                                                           | ${`refused: \`repository:other\` selects nothing of \`bot-a\`; the nearest is \`repository:R1\`; ${all}`}
    ${`${zen2} arch:zen3`}                                                                            | ${`refused: \`for:arch=x86_64/amd/zen2\` and \`architecture:zen3\` each select something of \`bot-a\`, but nothing together; ${all}`}
    ${`${on} repo:R2`}                                                                                | ${`refused: ${noR2}; ${all}`}
    ${'on:arch=zne2 for:arch=a'}                                                                      | ${`refused: \`on:architecture=zne2\` selects nothing of \`bot-a\`; the nearest is \`on:architecture=zen2\`; ${all}`}
    ${'on:arch=neoverse_v1 for:arch=a'}                                                               | ${'nothing-matches'}
    ${'for:arch=x86_64/amd/zne2'}                                                                     | ${`refused: \`for:arch=x86_64/amd/zne2\` is no target of \`bot-a\`; the nearest is \`for:arch=x86_64/amd/zen2\`; ${all}`}
    ${'for:arch=aarch64/generic repo:R1'}                                                             | ${`refused: \`for:arch=aarch64/generic\` is no target of \`bot-a\`; the nearest is \`for:arch=x86_64/amd/zen2\`; ${all}`}
    ${'for:arch=aarch64/generic'}                                                                     | ${'nothing-matches'}
    ${'for:arch=aarch64/generic+riscv64/generic repo:other'}                                          | ${'nothing-matches'}
    ${'for:arch=zen2 repo:R2'}                                                                        | ${`refused: \`for:arch=zen2\` is not the whole name of a target; type \`for:arch=x86_64/amd/zen2\`, or say where to build by \`on:\`; ${noR2}; ${all}`}
    ${'for:arch=zen2'}                                                                                | ${`refused: ${nearest}`}
    ${'for:arch=zen2 inst:bot-a'}                                                                     | ${`refused: ${nearest}`}
    ${'for:arch=x86_64-amd-zen2'}                                                                     | ${'refused: `for:arch=x86_64-amd-zen2` is not the whole name of a target; type `for:arch=x86_64/amd/zen2`, or say where to build by `on:`; `bot: show_config` lists all.'}
    ${'for:arch=zen3,accel=cc80'}                                                                     | ${'refused: `for:arch=zen3,accel=cc80` is not the whole name of a target; type `for:arch=x86_64/amd/zen3,accel=nvidia/cc80`, or say where to build by `on:`; `bot: show_config` lists all.'}
    ${'for:arch=aarch64/generic inst:bot-a'}                                                          | ${`refused: \`for:arch=aarch64/generic\` is no target of \`bot-a\`; the nearest is \`for:arch=x86_64/amd/zen2\`; ${all}`}
    ${`${zen2} export:SKIP_TESTS=yes`}                                                                | ${['cpu_zen2 x86_64/amd/zen2/R1']}
    ${`${zen2} export:SKIP_TESTS=no`}                                                                 | ${'refused: `exportvariable:SKIP_TESTS=no` cannot be exported; this bot allows `SKIP_TESTS=yes`; its admin can allow more (`allowed_exportvars`).'}
    ${'for:arch=aarch64/generic export:SKIP_TESTS=no'}                                                | ${'nothing-matches'}
  `('bot: build $arguments: $result', ({ arguments: typed, result }) => {
    expect(inShort(plan(`bot: build ${typed}`), site)).toEqual(result);
  });

  it.each`
    arguments                                                    | accelerators
    ${zen2}                                                      | ${{}}
    ${'on:arch=zen2 for:arch=x86_64/amd/zen2,accel=nvidia/cc80'} | ${{ forAccelerator: 'nvidia/cc80' }}
    ${'for:arch=x86_64/amd/zen3,accel=nvidia/cc80'}              | ${{ forAccelerator: 'nvidia/cc80', onAccelerator: 'nvidia/cc80', submitOptsAccelerator: 'nvidia/cc80' }}
    ${'on:arch=zen3,accel=cc80 for:arch=a,accel=b'}              | ${{ forAccelerator: 'b', onAccelerator: 'cc80', submitOptsAccelerator: 'cc80' }}
    ${'on:arch=zen3,accel=cc80 accel:nvidia for:arch=a'}         | ${{}}
  `('bot: build $arguments has the accelerators $accelerators', ({ arguments: typed, accelerators }) => {
    const [outcome] = outcomes(plan(`bot: build ${typed}`));
    const target = outcome?.kind === 'build' ? outcome.targets[0] : undefined;
    expect(target).toEqual({
      nodeType: target?.nodeType,
      repositoryId: 'R1',
      forArch: target?.forArch,
      exports: [],
      ...accelerators,
    });
  });

  it('builds what it has of `for:arch=A+B`, and says of which it has no target', () => {
    const planned = plan('bot: build for:arch=aarch64/generic+x86_64/amd/zen2');
    expect(inShort(planned, site)).toEqual(['cpu_zen2 x86_64/amd/zen2/R1']);
    const unmatched = [
      '`for:arch=aarch64/generic` is no target of `bot-a`; the nearest is `for:arch=x86_64/amd/zen2`; `bot: show_config` lists all.',
    ];
    expect(outcomes(planned)).toMatchObject([{ unmatched }]);
    expect(reactions(planned)).toEqual(['eyes', 'confused']);
  });

  it('finds a node that offers several accelerators, in any order', () => {
    const [node] = site.nodeTypes;
    const nodeTypes = node ? [{ ...node, accelerator: 'nvidia/cc90+nvidia/cc80' }] : [];
    const settings = exampleSettings({ nodeTypes });
    const typed = `bot: build ${zen2},accel=nvidia/cc80+nvidia/cc90`;
    expect(inShort(plan(typed, settings), settings)).toEqual(['cpu_zen2 x86_64/amd/zen2/nvidia/cc80+nvidia/cc90/R1']);
    const on = 'bot: build on:arch=zen2,accel=nvidia/cc90+nvidia/cc80 for:arch=a';
    expect(inShort(plan(on, settings), settings)).toEqual(['cpu_zen2 a/R1']);
  });

  it('exports what the site allows', () => {
    const [outcome] = outcomes(plan(`bot: build ${zen2} export:SKIP_TESTS=yes`));
    expect(outcome).toMatchObject({ targets: [{ exports: ['SKIP_TESTS=yes'] }] });
  });

  it('gives each job what the command gives to sbatch; what is not allowed leaves no job at all', () => {
    const settings = { ...site, build: { ...site.build, allowedSubmitArguments: [{ value: '^--time=' }] } };
    const typed = 'bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3 submitargs:--time=01:00:00';
    const submitArguments = ['--time=01:00:00'];
    expect(outcomes(plan(typed, settings))).toMatchObject([{ targets: [{ submitArguments }, { submitArguments }] }]);
    expect(inShort(plan(`${typed} sub:--mem=1G`, settings), settings)).toBe(
      'refused: `submitargs:--mem=1G`: `--mem=1G` is not allowed; this bot allows what matches `^--time=`; its admin can allow more (`allowed_submitargs`).',
    );
  });

  it('gives the second of two node types that would share a directory one of its own', () => {
    const settings = exampleSettings({
      nodeTypes: ['a', 'b'].map((name) => ({
        name,
        os: 'linux',
        cpuSubdir: 'x86_64/amd/zen2',
        slurmParams: [],
        repositories: ['R1'],
      })),
    });
    expect(inShort(plan(`bot: build ${zen2}`, settings), settings)).toEqual([
      'a x86_64/amd/zen2/R1',
      'b x86_64/amd/zen2/R1@b',
    ]);
  });

  it('refuses a target whose repository is not described, and builds the others', () => {
    const [node] = site.nodeTypes;
    const repositories = ['R1', 'R2', 'R3', 'EESSI'];
    const settings = exampleSettings({
      nodeTypes: node ? [{ ...node, repositories }] : [],
      repositories: {
        sections: {
          ...site.repositories.sections,
          R3: { container: '', repoName: 'r', repoVersion: '1', missing: ['container'] },
        },
      },
    });
    const planned = plan(`bot: build ${zen2}`, settings);
    expect(inShort(planned, settings)).toEqual(['cpu_zen2 x86_64/amd/zen2/R1', 'cpu_zen2 x86_64/amd/zen2/EESSI']);
    expect(planned).toMatchObject({
      commands: [
        {
          outcome: {
            refusedTargets: [
              { reason: '`repos.cfg` of this bot has no section `[R2]`; its admin can add it.' },
              { reason: "the section `[R3]` of this bot's `repos.cfg` lacks `container`; its admin can add it." },
            ],
          },
        },
      ],
    });
    expect(reactions(planned)).toEqual(['eyes', 'confused']);
  });
});

describe('targets before generation 9', () => {
  const site6 = exampleSettings6();

  it.each`
    arguments                        | result
    ${''}                            | ${['linux/x86_64/generic linux_x86_64_generic/R1', 'linux/x86_64/amd/zen2 linux_x86_64_amd_zen2/R1']}
    ${'arch:zen2'}                   | ${['linux/x86_64/amd/zen2 linux_x86_64_amd_zen2/R1']}
    ${'arch:^linux-x86_64-amd'}      | ${['linux/x86_64/amd/zen2 linux_x86_64_amd_zen2/R1']}
    ${'arch:zen2 accel:nvidia=cc80'} | ${['linux/x86_64/amd/zen2 linux_x86_64_amd_zen2/R1']}
    ${'accel:nvidia/cc80'}           | ${'nothing-matches'}
    ${'export:SKIP_TESTS=yes'}       | ${'nothing-matches'}
    ${'inst:bot-a accel:nvidia'}     | ${['linux/x86_64/generic linux_x86_64_generic/R1', 'linux/x86_64/amd/zen2 linux_x86_64_amd_zen2/R1']}
    ${'arch:aarch64'}                | ${'nothing-matches'}
    ${'arch:aarch64 inst:bot-a'}     | ${'refused: `architecture:aarch64` selects nothing of `bot-a`; the nearest is `architecture:linux/x86_64/generic`; `bot: show_config` lists all.'}
    ${'arch:zen22'}                  | ${'refused: `architecture:zen22` selects nothing of `bot-a`; the nearest is `architecture:zen2`; `bot: show_config` lists all.'}
    ${'arch:zen2 repo:other'}        | ${'refused: `repository:other` selects nothing of `bot-a`; the nearest is `repository:R1`; `bot: show_config` lists all.'}
    ${'accel:nvidia inst:bot-a'}     | ${['linux/x86_64/generic linux_x86_64_generic/R1', 'linux/x86_64/amd/zen2 linux_x86_64_amd_zen2/R1']}
  `('bot: build $arguments: $result', ({ arguments: typed, result }) => {
    expect(inShort(plan(`bot: build ${typed}`, site6), site6)).toEqual(result);
  });

  it.each`
    arguments                        | accelerator
    ${'arch:zen2'}                   | ${undefined}
    ${'arch:zen2 accel:nvidia=cc80'} | ${'nvidia/cc80'}
    ${'arch:zen2 accel:a accel:b'}   | ${undefined}
  `('bot: build $arguments: accelerator $accelerator', ({ arguments: typed, accelerator }) => {
    const [outcome] = outcomes(plan(`bot: build ${typed}`, site6));
    const [target] = outcome?.kind === 'build' ? outcome.targets : [];
    expect(target?.forArch).toBe('x86_64/amd/zen2');
    expect(target?.forAccelerator).toBe(accelerator);
    expect(target?.submitOptsAccelerator).toBe(accelerator);
  });
});

describe('show_config', () => {
  it.each`
    filters            | shown
    ${''}              | ${['cpu_zen2', 'cpu_zen3', 'cpu_zen4', 'gpu_a100']}
    ${'arch:amd-zen3'} | ${['cpu_zen3', 'gpu_a100']}
    ${'accel:cc80'}    | ${['gpu_a100']}
    ${'repo:R1 job:7'} | ${['cpu_zen2', 'cpu_zen3', 'cpu_zen4', 'gpu_a100']}
  `('bot: show_config $filters: $shown', ({ filters, shown }) => {
    const [outcome] = outcomes(plan(`bot: show_config ${filters}`));
    expect(outcome?.kind === 'show_config' ? outcome.nodeTypes.map(({ name }) => name) : outcome).toEqual(shown);
  });

  it.each`
    filters                 | outcome
    ${'job:7'}              | ${{ kind: 'nothing-matches' }}
    ${'repo:other'}         | ${{ kind: 'nothing-matches' }}
    ${'repo:R2 inst:bot-a'} | ${{ kind: 'refused', reason: '`repository:R2` selects nothing of `bot-a`; the nearest is `repository:R1`; `bot: show_config` lists all.' }}
    ${'arch:zen2 repo:R2'}  | ${{ kind: 'refused', reason: '`repository:R2` selects nothing of `bot-a`; the nearest is `repository:R1`; `bot: show_config` lists all.' }}
    ${'arch:zen4 accel:cc'} | ${{ kind: 'refused', reason: '`architecture:zen4` and `accelerator:cc` each select something of `bot-a`, but nothing together; `bot: show_config` lists all.' }}
  `('bot: show_config $filters: $outcome.kind', ({ filters, outcome }) => {
    expect(outcomes(plan(`bot: show_config ${filters}`))).toMatchObject([outcome]);
  });
});

describe('which commit is built, and where', () => {
  const headSha = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
  const pullRequest = { number: 9, baseBranch: 'main', headSha };
  const place = { delivery: 'd-1', pullRequest, pullRequestDir: '/jobs/pr_9', built: [], firstRun: 2 };

  it.each`
    sha                             | outcome
    ${''}                           | ${'build'}
    ${`sha:${headSha}`}             | ${'build'}
    ${`sha:${headSha.slice(0, 7)}`} | ${'build'}
    ${'sha:2a2b3c4'}                | ${'refused'}
    ${`sha:${headSha}0`}            | ${'refused'}
  `('where `sha:` is $sha it is $outcome', ({ sha, outcome }) => {
    const planned = plan(`bot: build ${zen2} ${sha}`, site, {}, { place });
    expect(outcomes(planned).map(({ kind }) => kind)).toEqual([outcome]);
    expect(reactions(planned)).toEqual(outcome === 'build' ? ['eyes'] : ['eyes', 'confused']);
  });

  it.each`
    what                       | isOfButton | told
    ${'a command'}             | ${false}   | ${'was `1a2b3c4d5e6f` when the command was typed. Look at what was pushed, then type it with `sha:1a2b3c4d5e6f`.'}
    ${'the button of a check'} | ${true}    | ${'is `1a2b3c4d5e6f` by now. Look at what was pushed, then type `bot: retry instance:bot-a sha:1a2b3c4d5e6f`.'}
  `('says of $what which commit it is, and what to type', ({ isOfButton, told }) => {
    const [outcome] = outcomes(plan(`bot: build ${zen2}`));
    const [target] = outcome?.kind === 'build' ? outcome.targets : [];
    if (target === undefined) throw new Error('no target');
    const built = [{ id: '1', target, state: 'ended otherwise' as const, commit: '2a2b3c4d5e6f' }];
    const facts = { built, place: { ...place, built, isOfButton } };
    expect(outcomes(plan('bot: retry inst:bot-a sha:2a2b3c4d5e6f', site, {}, facts))).toEqual([
      {
        kind: 'refused',
        reason: `\`sha:2a2b3c4d5e6f\` is not what would be built: the head of this pull request ${told}`,
      },
    ]);
  });

  it('gives each build a run of its own, and others none', () => {
    const planned = plan(
      `bot: build ${zen2}\nbot: help\nbot: build ${zen2} sha:2a2b3c4\nbot: build ${zen2}`,
      site,
      {},
      { place },
    );
    const builds = planned.kind === 'planned' ? planned.commands.map(({ build }) => build?.runDir) : [];
    const run = (number: number) => `/jobs/pr_9/event_d-1/run_00${number}`;
    expect(builds).toEqual([run(2), undefined, undefined, run(3)]);
  });

  it.each`
    command                 | of                | what                     | commands
    ${`bot: build ${zen2}`} | ${undefined}      | ${'waits for its place'} | ${{ unplaced: true, commands: [{ outcome: { kind: 'build' } }] }}
    ${'bot: help'}          | ${undefined}      | ${'needs none'}          | ${{ commands: [{ outcome: { kind: 'help' } }] }}
    ${`bot: build ${zen2}`} | ${'unknown head'} | ${'is refused'}          | ${{ commands: [{ outcome: { kind: 'refused', reason: expect.stringContaining('so many commits') } }] }}
    ${`bot: build ${zen2}`} | ${'gone'}         | ${'has no commit'}       | ${{ commands: [{ outcome: { kind: 'build' } }] }}
  `('$command of a pull request that is $of $what', ({ command, of, commands }) => {
    const planned = plan(command, site, {}, of && { place: { ...place, pullRequest: of } });
    expect(planned).toMatchObject({ kind: 'planned', ...commands });
    expect('unplaced' in planned).toBe('unplaced' in commands);
    expect(planned).not.toHaveProperty('commands.0.build');
  });
});
