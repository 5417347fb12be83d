import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import type { Comment } from '../../outside/forge/forge.ts';
import { isOursToAnswer } from './is-ours-to-answer.ts';

const comment = (login: string, body: string): Comment => ({
  ...{ id: 1, url: 'https://github.com/O/R/pull/9#issuecomment-1', body, createdAt: '2026-03-10T12:00:00Z' },
  author: { login, isBot: true },
});
const build = (login: string) =>
  comment(
    login,
    'New job on instance `x` for repository `R1`\nBuilding on: `amd-zen3`\nBuilding for: `x86_64/amd/zen3`\n|date|job status|comment|\n|---|---|---|\n|Jan 05 03:00:00 UTC 2025|submitted|job id `7` awaits release by job manager|',
  );

it.each`
  what                                | comments                                                                         | isOurs
  ${'no build is announced any more'} | ${[comment('bot-a[bot]', 'Hello.')]}                                             | ${true}
  ${'the last build is ours'}         | ${[build('bot-b[bot]'), build('Bot-A[bot]'), comment('bot-b[bot]', 'No jobs.')]} | ${true}
  ${"the last build is another's"}    | ${[build('bot-a[bot]'), build('bot-b[bot]')]}                                    | ${false}
`('$what: $isOurs', async ({ comments, isOurs }) => {
  const forge = { listComments: async () => comments, readOwnLogin: async () => 'bot-a[bot]' };
  const where = { repository: { owner: 'O', name: 'R' }, pullRequest: 9 };
  expect(await isOursToAnswer(where, { forge, settings: exampleSettings() })).toBe(isOurs);
});
