import pino from 'pino';
import { expect, it } from 'vitest';
import type { Comment, Markdown } from '../outside/github/github.ts';
import { apologise, carryOutPlan } from './carry-out-plan.ts';
import { exampleSettings } from './commands/example-settings.ts';
import type { Tools } from './tools.ts';
import type { WrittenPlan } from './written-plan.ts';

const repository = { owner: 'O', name: 'R' };
const help: WrittenPlan = {
  version: 1,
  delivery: 'd-1',
  repository,
  pullRequest: 9,
  commentId: 5,
  sender: 'alice',
  commands: [{ typed: 'help', command: { name: 'help', expanded: 'help' }, outcome: { kind: 'help' } }],
  reactions: ['eyes'],
  reacted: false,
  said: {},
};

it('a command that was given up, and told so, is done after all when its delivery is put back: in the same comment', async () => {
  const comments: Comment[] = [];
  const github = {
    addReaction: async () => 'done',
    createComment: async (_: unknown, __: unknown, body: Markdown) => {
      const comment = { id: 70, url: 'u', body, author: { login: 'a[bot]', isBot: true }, createdAt: '' };
      comments.push(comment);
      return comment;
    },
    updateComment: async (_: unknown, id: number, body: Markdown) => {
      comments.splice(0, 1, { ...(comments[0] as Comment), id, body });
      return 'done';
    },
    listComments: async () => comments,
  };
  const tools = { settings: exampleSettings(), github, log: pino({ level: 'silent' }) } as unknown as Tools;
  let written = help;
  const store = {
    write: async (plan: WrittenPlan) => {
      written = plan;
    },
  };
  await apologise(help, store, tools);
  expect([comments.length, comments[0]?.body]).toEqual([1, expect.stringContaining('something went wrong')]);
  await carryOutPlan(written, store, tools);
  expect([comments.length, comments[0]?.body]).toEqual([1, expect.not.stringContaining('something went wrong')]);
  expect(written.commands).toMatchObject([{ result: { kind: 'help' } }]);
  expect(written.commands[0]).not.toHaveProperty('givenUp');
});
