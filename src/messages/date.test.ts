import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { formatDate, parseDate } from './date.ts';

const at = new Date('2025-01-05T03:04:05Z');

it('writes dates in UTC and English', () => {
  expect(formatDate(at)).toBe('Jan 05 03:04:05 UTC 2025');
  expect(formatDate(new Date('2025-12-31T23:59:59Z'))).toBe('Dec 31 23:59:59 UTC 2025');
});

it('writes the same in Tokyo and in German', () => {
  const code = `const { formatDate } = await import('${new URL('./date.ts', import.meta.url)}'); console.log(formatDate(new Date('2025-01-05T03:04:05Z')));`;
  const environment = { ...process.env, TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    env: environment,
    encoding: 'utf8',
  });
  expect(said.trim()).toBe('Jan 05 03:04:05 UTC 2025');
});

it.each`
  text                          | date
  ${'Jan 05 03:04:05 UTC 2025'} | ${at}
  ${'Jän 05 03:04:05 UTC 2025'} | ${undefined}
  ${'yesterday'}                | ${undefined}
`('reads $text', ({ text, date }) => {
  expect(parseDate(text)).toEqual(date);
});
