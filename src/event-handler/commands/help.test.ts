import { expect, it } from 'vitest';
import { dialects } from '../../settings/dialects.ts';
import { planAnswer } from '../comment/plan-answer.ts';
import { exampleSettings } from './example-settings.ts';

const asked = { typed: 'help', command: { name: 'help', expanded: 'help' }, outcome: { kind: 'help' } } as const;
const helpText = (generation: keyof typeof dialects) => {
  const settings = { ...exampleSettings(), dialect: dialects[generation] };
  const answer = planAnswer(asked, undefined, 'alice', settings);
  return answer?.result.kind === 'help' ? answer.result.text : undefined;
};

it('helps', () => {
  expect(helpText('9')).toBe(`  **What can be typed**
  - Commands are read from new comments on a pull request; editing an old one does nothing.
  - Each line can be a command, except in quotes, code blocks and HTML comments.
  - A command stands at the start of its line: \`bot: COMMAND [ARGUMENTS]\`. The commands are:
    - \`bot: help\`: this text
    - \`bot: show_config\`: what this instance builds
    - \`bot: build for:arch=ARCH[,accel=ACCEL] [on:arch=PATTERN]\`: builds the pull request
    - \`bot: status [last_build]\`: the builds of the pull request, and how far they are
  - Arguments \`component:pattern\` limit a command to what matches: \`instance\`, \`architecture\`, \`accelerator\`, \`repository\`, \`job\`; three letters are enough, patterns are regular expressions.
  - \`sha:COMMIT\` builds only if that is the head of the pull request.
  - \`exportvariable:NAME=value\` sets a variable for a build, if the site allows it.
  - \`for:arch=A+B\` builds for several architectures, \`accel=A+B\` for several accelerators in one job; without \`on:\`, ARCH and ACCEL are whole names.

  More: https://www.eessi.io/docs/bot`);
});

it('helps differently before generation 9', () => {
  expect(helpText('6')).not.toContain('for:');
  expect(helpText('6')).not.toContain('exportvariable');
  expect(helpText('7-8')).toContain('exportvariable');
});
