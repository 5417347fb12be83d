import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PlannedCommand } from '../../../src/event-handler/comment/kept-plan.ts';
import { parseComment } from '../../../src/event-handler/comment/parse-comment.ts';
import { planComment } from '../../../src/event-handler/comment/plan-comment.ts';
import { jobSubdirectory } from '../../../src/event-handler/submit/job-subdirectory.ts';
import type { NodeType, Settings } from '../../../src/settings/settings.ts';
import { exampleComment } from '../../example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../../example-settings.ts';

// Comments as people typed them, at a site with the names of a large one. Outcome: why the whole comment is ignored, or for each command
// its jobs (`NODE_TYPE DIRECTORY`, joined by a comma), how its refusal begins, or what else becomes of it.
interface WildComment {
  readonly seen: string;
  readonly site: '6' | '9';
  readonly body: string;
  readonly outcome: string | readonly string[];
}
const comments: readonly WildComment[] = JSON.parse(readFileSync(new URL('commands.json', import.meta.url), 'utf8'));

const repositories = ['eessi.io-2023.06-software', 'eessi.io-2025.06-software'];
const sections = Object.fromEntries(
  repositories.map((id) => [
    id,
    { container: 'docker://x', repoName: 'software.eessi.io', repoVersion: '1', missing: [] },
  ]),
);
const nodeType = (name: string, cpuSubdir: string): NodeType => ({
  name,
  os: 'linux',
  cpuSubdir,
  slurmParams: [],
  repositories,
});
const named = (settings: Settings): Settings => ({
  ...settings,
  appName: 'eessi-bot-mc-aws',
  repositories: { sections },
});
const sites: Readonly<Record<WildComment['site'], Settings>> = {
  9: named(
    exampleSettings({
      nodeTypes: [
        nodeType('aws_x86_64_generic', 'x86_64/generic'),
        nodeType('aws_haswell', 'x86_64/intel/haswell'),
        nodeType('aws_zen2', 'x86_64/amd/zen2'),
        nodeType('aws_zen3', 'x86_64/amd/zen3'),
        nodeType('aws_zen4', 'x86_64/amd/zen4'),
        nodeType('aws_aarch64_generic', 'aarch64/generic'),
        nodeType('aws_neoverse_v1', 'aarch64/neoverse_v1'),
      ],
    }),
  ),
  6: named(
    exampleSettings6({
      nodeTypes: ['x86_64/generic', 'x86_64/amd/zen2', 'aarch64/generic', 'aarch64/neoverse_v1'].map((path) =>
        nodeType(`linux/${path}`, path),
      ),
    }),
  ),
};

function inShort({ outcome }: PlannedCommand, settings: Settings): string {
  switch (outcome.kind) {
    case 'build':
      return outcome.targets
        .map((target) => `${target.nodeType.name} ${jobSubdirectory(target, outcome.targets, settings.dialect)}`)
        .join(', ');
    case 'refused':
    case 'misunderstood':
      return `refused: ${outcome.reason}`;
    case 'show_config':
      return `show_config of ${outcome.nodeTypes.length}`;
    default:
      return outcome.kind.replaceAll('-', ' ');
  }
}

it.each(comments)('$seen: $outcome', ({ site, body, outcome }) => {
  const settings = sites[site];
  const planned = planComment(parseComment(exampleComment(body), settings), {}, settings);
  if (planned.kind === 'ignored') return expect(`ignored: ${planned.why}`).toBe(outcome);
  const commands = planned.commands.map((command) => inShort(command, settings));
  expect(commands).toHaveLength(outcome.length);
  for (const [index, text] of commands.entries()) {
    const expected = outcome[index] ?? '';
    expect(expected.startsWith('refused:') ? text.slice(0, expected.length) : text).toBe(expected);
  }
});
