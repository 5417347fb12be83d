import { expect, it } from 'vitest';
import { parsePlan } from './kept-plan.ts';

// What lies on the disk of an installation, each as it was written before every command had a file of its own.

const nodeType = { name: 'n', os: 'linux', cpuSubdir: 'x86_64', slurmParams: ['-p x'], repositories: ['R1'] };
const target = { nodeType, repositoryId: 'R1', forArch: 'x86_64', exports: ['A=b'] };
const plan = (command: object) => ({
  ...{ version: 1, delivery: 'd-1', repository: { owner: 'O', name: 'R' }, pullRequest: 9, commentId: 5 },
  ...{ sender: 'alice', commands: [{ typed: 'x', ...command }], reactions: ['eyes'], reacted: false, said: {} },
});

it.each([
  { kind: 'left-to-others' },
  { kind: 'nothing-matches' },
  { kind: 'misunderstood', reason: 'r' },
  { kind: 'refused', reason: 'r' },
  { kind: 'no-permission', which: 'build' },
  { kind: 'help' },
  { kind: 'show_config', nodeTypes: [{ ...nodeType, accelerator: 'a' }] },
  { kind: 'status', lastBuild: true, filters: [{ component: 'job', pattern: '7' }] },
  { kind: 'build', targets: [target], refusedTargets: [] },
  { kind: 'build', targets: [{ ...target, submitArguments: ['--time=1'] }], refusedTargets: [] },
  { kind: 'build', targets: [], refusedTargets: [{ target, reason: 'r' }], unmatched: ['u'], sha: 'c0ffee1' },
])('a command that was decided upon is still read: $kind', (outcome) => {
  expect(parsePlan(plan({ outcome }))).toEqual(plan({ outcome }));
});

it.each([
  { kind: 'help', text: 't' },
  { kind: 'build', jobs: [{ id: '7' }, { id: '8', url: 'u' }], failures: ['f'] },
  { kind: 'show_config', url: 'u' },
  { kind: 'status', url: 'u' },
  { kind: 'nothing', command: 'show_config' },
  { kind: 'no-build-permission' },
  { kind: 'failed', command: 'build', reason: 'r' },
])('what came of a command is still read: $kind', (result) => {
  const command = { command: { name: 'build', expanded: 'build' }, outcome: { kind: 'help' }, result };
  expect(parsePlan(plan(command))).toEqual(plan(command));
});

it.each([{ outcome: { kind: 'retry' } }, { outcome: { kind: 'status' } }, { outcome: { kind: 'help' }, result: {} }])(
  'one of another version is not: $outcome',
  (command) => {
    expect(parsePlan(plan(command))).toBeUndefined();
  },
);
