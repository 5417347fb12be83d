import { expect, it } from 'vitest';
import { PerhapsGone, TryAgainLater } from '../forge.ts';
import { Doubts } from './doubts.ts';

type Answer = 'shown' | 'not shown' | 'away';

it.each<[what: string, asked: (readonly [minute: number, Answer])[], last: string]>([
  ['not shown once', [[0, 'not shown']], 'PerhapsGone'],
  [
    'not shown three times within a minute',
    [
      [0, 'not shown'],
      [0.1, 'not shown'],
      [0.6, 'not shown'],
    ],
    'PerhapsGone',
  ],
  [
    'not shown twice, a day apart',
    [
      [0, 'not shown'],
      [1440, 'not shown'],
    ],
    'PerhapsGone',
  ],
  [
    'not shown, then shown',
    [
      [0, 'not shown'],
      [20, 'shown'],
    ],
    'shown',
  ],
  [
    'not shown three times over a quarter of an hour',
    [
      [0, 'not shown'],
      [5, 'not shown'],
      [15, 'not shown'],
    ],
    'gone',
  ],
  [
    'shown in between',
    [
      [0, 'not shown'],
      [5, 'shown'],
      [10, 'not shown'],
      [15, 'not shown'],
      [20, 'not shown'],
    ],
    'PerhapsGone',
  ],
  [
    'GitHub away in between',
    [
      [0, 'not shown'],
      [5, 'away'],
      [10, 'not shown'],
      [15, 'not shown'],
      [20, 'not shown'],
    ],
    'PerhapsGone',
  ],
  [
    'gone, and asked for once more',
    [
      [0, 'not shown'],
      [5, 'not shown'],
      [15, 'not shown'],
      [16, 'not shown'],
    ],
    'gone',
  ],
])('%s', async (_what, asked, last) => {
  let now = 0;
  const doubts = new Doubts(() => now);
  const ask = (answer: Answer, subject: string) =>
    doubts
      .ask(subject, async () => {
        if (answer === 'not shown') throw new PerhapsGone('404', { cause: undefined });
        if (answer === 'away') throw new TryAgainLater('502', { cause: undefined });
        return answer;
      })
      .catch((error: Error) => error.name);
  const answers: string[] = [];
  for (const [minute, answer] of asked) {
    now = minute * 60_000;
    answers.push(await ask(answer, 'comment 7'));
  }
  expect(answers.at(-1)).toBe(last);
  expect(await ask('not shown', 'comment 8')).toBe('PerhapsGone');
});
