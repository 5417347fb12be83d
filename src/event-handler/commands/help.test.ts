import { describe, expect, it } from 'vitest';
import { exampleComment } from '../../../test/example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../../../test/example-settings.ts';
import { dialects } from '../../settings/dialects.ts';
import type { Settings } from '../../settings/settings.ts';
import { parseComment } from '../comment/parse-comment.ts';
import { planAnswer } from '../comment/plan-answer.ts';
import { planComment } from '../comment/plan-comment.ts';
import type { BuildTarget } from '../submit/build-target.ts';
import type { BuiltJob } from './built-jobs.ts';
import { commandNamed, commands } from './commands.ts';

const site = exampleSettings();
const site6 = exampleSettings6();

function plan(typed: string, settings: Settings, built: readonly BuiltJob[] = []) {
  const planned = planComment(parseComment(exampleComment(`bot: ${typed}`), settings), { built }, settings);
  const [command] = planned.kind === 'planned' ? planned.commands : [];
  if (command === undefined) throw new Error(`not planned: ${typed}`);
  return command;
}

/** What `bot: help …` is answered, or why it is not. */
function answerTo(typed: string, settings: Settings) {
  const command = plan(typed, settings);
  if (command.outcome.kind === 'misunderstood') return command.outcome.reason;
  const result = planAnswer(command, undefined, 'alice', settings)?.result;
  return result?.kind === 'help' ? result.text : result;
}

const helpText = (generation: keyof typeof dialects) => answerTo('help', { ...site, dialect: dialects[generation] });

it('shows what this instance offers, in one screen', () => {
  expect(helpText('9')).toBe(`  **What can be typed to \`bot-a\`**, at the start of a line of a new comment:
  - \`bot: help [COMMAND]\`: this text, or more of a command
  - \`bot: show_config\`: what this instance builds
  - \`bot: build for:arch=ARCH[,accel=ACCEL] [on:arch=PATTERN]\`: builds the pull request
  - \`bot: retry [FILTERS] [force]\`: builds again what did not end in SUCCESS on the current head
  - \`bot: rebuild [FILTERS] [force]\`: builds again all that was built before
  - \`bot: explain COMMAND …\`: what \`build\`, \`retry\`, \`rebuild\` or the label (\`deploy\`) would do, without doing it
  - \`bot: status [last_build]\`: the builds of the pull request, and how far they are
  - \`bot: log jobid:N [lines:N]\`: the last lines that a job has printed
  - \`bot: cancel [jobid:ID …] [FILTERS]\`: cancels jobs of the pull request that wait or run
  - \`bot: ping\`: whether the bot is alive: its version, its two daemons, the queue

  - \`bot-a\` builds for \`x86_64/amd/zen2\`, \`x86_64/amd/zen3\`, \`x86_64/amd/zen4,accel=None\`, \`x86_64/amd/zen3,accel=nvidia/cc80\`; repositories: \`R1\`.
  - For example: \`bot: build for:arch=x86_64/amd/zen2\`
  - \`inst:PATTERN\` picks one of several bots (this one alone: \`inst:^bot-a$\`), \`repo:PATTERN\` and other filters what it is about.
  - Reactions: 👀 the bot has read it, 🚀 jobs were submitted, 😕 something was not done. 😕 without 👀: a line is nearly a command; a command begins with \`bot:\`, where its line begins.
  - \`bot: help COMMAND\` tells more of one command. More: https://www.eessi.io/docs/bot`);
});

it('counts what is too much for one screen, and says where nothing can be built', () => {
  const [nodeType] = site.nodeTypes;
  if (nodeType === undefined) throw new Error('no node type');
  const nodeTypes = Array.from({ length: 9 }, (_, index) => ({ ...nodeType, cpuSubdir: `a/${index}` }));
  expect(answerTo('help', exampleSettings({ nodeTypes }))).toContain(
    'builds for `a/0`, `a/1`, `a/2`, `a/3`, `a/4`, `a/5` and 3 more (`bot: show_config`); repositories: `R1`.',
  );
  expect(answerTo('help', exampleSettings({ nodeTypes: [] }))).toContain(
    '`bot-a` builds nothing yet: its configuration has no targets.\n  - `inst:PATTERN`',
  );
});

it('helps differently before generation 9', () => {
  const helpOfBuild = (generation: keyof typeof dialects) =>
    `${helpText(generation)}\n${answerTo('help build', { ...site, dialect: dialects[generation] })}`;
  expect(helpOfBuild('6')).not.toContain('for:');
  expect(helpOfBuild('6')).not.toContain('exportvariable');
  expect(helpOfBuild('7-8')).toContain('exportvariable');
  expect(answerTo('help', site6)).toContain('builds for `linux/x86_64/generic`');
});

describe('of one command', () => {
  const everyone = { ...site, build: { ...site.build, permission: 'everyone' as const } };

  it.each<[string, Settings, string]>([
    [
      'help build',
      site,
      `  **\`bot: build for:arch=ARCH[,accel=ACCEL] [on:arch=PATTERN]\`**: builds the pull request
  - An example for this instance: \`bot: build for:arch=x86_64/amd/zen2\`
  - Who may: accounts that its admin lists in \`command_permission\` and \`build_permission\`.
  - Arguments \`component:pattern\` limit it to what matches: \`instance\`, \`architecture\`, \`accelerator\`, \`repository\`; three letters are enough, patterns are regular expressions.
  - \`sha:COMMIT\` builds only if that is the head of the pull request.
  - \`force\` orders also what is being built: else that is answered with a link to it.
  - \`exportvariable:NAME=value\` sets a variable for a build, if the site allows it.
  - \`for:arch=A+B\`, or more than one \`for:\`, builds for several architectures, \`for:arch=all\` for each of this instance, \`repo:A+B\` for several repositories, \`accel=A+B\` for several accelerators in one job; without \`on:\`, ARCH and ACCEL are whole names.`,
    ],
    [
      'help build',
      site6,
      `  **\`bot: build\`**: builds the pull request
  - An example for this instance: \`bot: build arch:linux/x86_64/generic\`
  - Who may: accounts that its admin lists in \`command_permission\` and \`build_permission\`.
  - Arguments \`component:pattern\` limit it to what matches: \`instance\`, \`architecture\`, \`repository\`; three letters are enough, patterns are regular expressions.
  - \`sha:COMMIT\` builds only if that is the head of the pull request.
  - \`force\` orders also what is being built: else that is answered with a link to it.`,
    ],
    [
      'help status inst:bot-a',
      site,
      `  **\`bot: status [last_build]\`**: the builds of the pull request, and how far they are
  - An example for this instance: \`bot: status last_build\`
  - Who may: accounts that its admin lists in \`command_permission\`.
  - Arguments \`component:pattern\` limit it to what matches: \`instance\`, \`architecture\`, \`accelerator\`, \`repository\`, \`jobid\`; three letters are enough, patterns are regular expressions.`,
    ],
    [
      'help show_config help',
      site,
      `  **\`bot: help [COMMAND]\`**: this text, or more of a command
  - An example for this instance: \`bot: help build\`
  - Who may: accounts that its admin lists in \`command_permission\`.
  - Arguments \`component:pattern\` limit it to what matches: \`instance\`; three letters are enough, patterns are regular expressions.
  **\`bot: show_config\`**: what this instance builds
  - An example for this instance: \`bot: show_config repo:R1\`
  - Who may: accounts that its admin lists in \`command_permission\`.
  - Arguments \`component:pattern\` limit it to what matches: \`instance\`, \`architecture\`, \`accelerator\`, \`repository\`; three letters are enough, patterns are regular expressions.`,
    ],
    ['help biuld', site, '`biuld` is no command; did you mean `build`?'],
    [
      'help ping',
      site,
      `  **\`bot: ping\`**: whether the bot is alive: its version, its two daemons, the queue
  - An example for this instance: \`bot: ping\`
  - Who may: accounts that its admin lists in \`command_permission\`.
  - Arguments \`component:pattern\` limit it to what matches: \`instance\`; three letters are enough, patterns are regular expressions.`,
    ],
    [
      'help nothing',
      site,
      '`nothing` is no command; there are `help`, `build`, `retry`, `rebuild`, `explain`, `show_config`, `status`, `log`, `cancel`, `ping`.',
    ],
    [
      'help deploy',
      site,
      '`deploy` is no command: the label `bot:deploy` deploys; `bot: explain deploy` shows what it would upload.',
    ],
  ])('bot: %s', (typed, settings, text) => {
    expect(answerTo(typed, settings)).toBe(text);
  });

  it('names no setting that lists nobody, and no example where nothing can be built', () => {
    expect(answerTo('help build', everyone)).not.toContain('build_permission');
    expect(answerTo('help build', exampleSettings({ nodeTypes: [] }))).not.toContain('example');
    expect(answerTo('help build', { ...site, repositories: { sections: {} } })).not.toContain('example');
  });

  const onlyGpus = exampleSettings({
    nodeTypes: site.nodeTypes.filter(({ accelerator }) => accelerator !== undefined),
  });
  const sites = {
    site,
    site6,
    'site of 7-8': { ...site6, dialect: dialects['7-8'] },
    'site of accelerators': onlyGpus,
  };
  it.each(Object.entries(sites))('each example works: %s', (_name, settings) => {
    const built = builtOf(plan(commandNamed('build').example(settings) ?? '', settings).outcome);
    for (const { name, example } of commands) {
      const typed = example(settings) ?? '';
      const { command, outcome } = plan(typed, settings, built);
      expect(command).toMatchObject({ name });
      expect(outcome).toMatchObject(
        ['build', 'retry', 'rebuild'].includes(name) ? { targets: [{ repositoryId: 'R1' }] } : { kind: name },
      );
    }
  });
});

/** Jobs that came of a build. */
function builtOf(outcome: { readonly kind: string; readonly targets?: readonly BuildTarget[] }): readonly BuiltJob[] {
  return (outcome.targets ?? []).map((target) => ({ target, state: 'ended otherwise' }));
}
