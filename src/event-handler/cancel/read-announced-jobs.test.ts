import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import type { Comment } from '../../outside/forge/forge.ts';
import { readAnnouncedJobs } from './read-announced-jobs.ts';

const comment = (login: string, body: string): Comment => ({
  ...{ id: 1, url: 'https://github.com/O/R/pull/9#issuecomment-1', body, createdAt: '2026-03-10T12:00:00Z' },
  author: { login, isBot: true },
});
const build = (login: string, id = '`7`') =>
  comment(
    login,
    `New job on instance \`x\` for repository \`R1\`\nBuilding on: \`amd-zen3\`\nBuilding for: \`x86_64/amd/zen3\`\n|date|job status|comment|\n|---|---|---|\n|Jan 05 03:00:00 UTC 2025|submitted|job id ${id} awaits release by job manager|`,
  );

it.each`
  what                                        | comments                                                                                | announced
  ${'no build is announced any more'}         | ${[comment('bot-a[bot]', 'Hello.')]}                                                    | ${[]}
  ${'the last build is ours'}                 | ${[build('bot-b[bot]'), build('Bot-A[bot]', '`8`'), comment('bot-b[bot]', 'No jobs.')]} | ${[{ id: '7', isOurs: false }, { id: '8', isOurs: true }]}
  ${"the last build is another's"}            | ${[build('bot-a[bot]'), build('bot-b[bot]', '`8`')]}                                    | ${[{ id: '7', isOurs: true }, { id: '8', isOurs: false }]}
  ${'a text of a site leaves the number out'} | ${[build('bot-b[bot]', 'unknown')]}                                                     | ${[{ isOurs: false }]}
`('$what', async ({ comments, announced }) => {
  const forge = { listComments: async () => comments, readOwnLogin: async () => 'bot-a[bot]' };
  const where = { repository: { owner: 'O', name: 'R' }, pullRequest: 9 };
  expect(await readAnnouncedJobs(where, { forge, settings: exampleSettings() })).toEqual(announced);
});
