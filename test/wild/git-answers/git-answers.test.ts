import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judgeGitFailure } from '../../../src/outside/git/judge-git-failure.ts';

interface Answer {
  readonly seen: string;
  readonly outcome: ReturnType<typeof judgeGitFailure>;
  readonly message: string;
}

const answers = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as readonly Answer[];

it.each(answers)('$outcome: $message ($seen)', ({ message, outcome }) => {
  expect(judgeGitFailure(message)).toBe(outcome);
});
