import { expect, it } from 'vitest';
import { checkCommit } from './check-commit.ts';

const head = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const command = (sha?: string) => ({
  typed: 'build',
  outcome: { kind: 'build' as const, targets: [], refusedTargets: [], ...(sha !== undefined && { sha }) },
});

it.each`
  sha                 | outcome
  ${undefined}        | ${'build'}
  ${head}             | ${'build'}
  ${head.slice(0, 7)} | ${'build'}
  ${'2a2b3c4'}        | ${'refused'}
  ${`${head}0`}       | ${'refused'}
`('where `sha:` is $sha it is $outcome', ({ sha, outcome }) => {
  expect(checkCommit(command(sha), head).outcome.kind).toBe(outcome);
});

it('says which commit it is, and what to type', () => {
  expect(checkCommit(command('2a2b3c4'), head).outcome).toEqual({
    kind: 'refused',
    reason:
      '`sha:2a2b3c4` is not what would be built: the head of this pull request was `1a2b3c4d5e6f` when the command was typed. Look at what was pushed, then type it with `sha:1a2b3c4d5e6f`.',
  });
});
