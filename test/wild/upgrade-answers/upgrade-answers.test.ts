import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { whatMends } from '../../../src/admin/upgrade/what-mends.ts';

interface Answer {
  readonly seen: string;
  readonly message: string;
  /** What the admin is told to type, or a part of it. */
  readonly mend: string;
}

const answers = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as readonly Answer[];

it.each(answers)('$mend: $message ($seen)', ({ message, mend }) => {
  expect(whatMends(message, '/opt/bot')).toContain(mend);
});

it('says nothing of what nobody knows', () => {
  expect(whatMends('npm error Cannot read properties of null', '/opt/bot')).toBeUndefined();
});
