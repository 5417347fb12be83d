import { expect, it } from 'vitest';
import type { Comment, Markdown } from './forge.ts';
import { type Said, sayOnce } from './say-once.ts';

const where = { repository: { owner: 'O', name: 'R' }, pullRequest: 9 };
const body = 'said\n\n| a | b |' as Markdown;

const comment = (login: string, text: string): Comment => ({
  id: 7,
  url: 'https://u/7',
  body: text,
  author: { login, isBot: login.endsWith('[bot]') },
  createdAt: '2026-03-10T11:00:00Z',
});

it.each([
  ['nothing', [], 8],
  ['ours', [comment('my-bot[bot]', body)], 7],
  ['ours, under the name as it is typed', [comment('My-Bot[bot]', body)], 7],
  ['ours, with other line ends and a blank behind', [comment('my-bot[bot]', `${body.replaceAll('\n', '\r\n')} \n`)], 7],
  ['what we said of something else', [comment('my-bot[bot]', 'something else')], 8],
  ['the same, of another bot', [comment('other-bot[bot]', body)], 8],
  ['the same, of a person', [comment('alice', body)], 8],
] as const)('after a lost answer, where the pull request shows %s: comment %#', async (_, shown, id) => {
  const kept: Said[] = [];
  const forge = {
    createComment: async () => ({ ...comment('my-bot[bot]', body), id: 8, url: 'https://u/8' }),
    listComments: async () => shown,
    readOwnLogin: async () => 'my-bot[bot]',
  };
  const said = await sayOnce({ ...where, body }, { kind: 'posting' }, forge, async (now) => void kept.push(now));
  expect(said).toEqual({ kind: 'posted', id, url: `https://u/${id}` });
  expect(kept).toEqual([said]);
});
