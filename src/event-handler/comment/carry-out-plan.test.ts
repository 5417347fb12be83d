import pino from 'pino';
import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { type Comment, type Markdown, PerhapsGone, Unsure } from '../../outside/forge/forge.ts';
import type { ChatLevel } from '../../settings/chat-levels.ts';
import type { Tools } from '../tools.ts';
import { carryOutPlan, giveUpPlan, tellOfDelay } from './carry-out-plan.ts';
import type { WrittenPlan } from './kept-plan.ts';

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
    createComment: async (_: unknown, body: Markdown) => {
      const comment = { id: 70, url: 'u', body, author: { login: 'a[bot]', isBot: true }, createdAt: '' };
      comments.push(comment);
      return comment;
    },
    updateComment: async (_: unknown, id: number, body: Markdown) => {
      comments.splice(0, 1, { ...(comments[0] as Comment), id, body });
      return 'done';
    },
    listComments: async () => comments,
    readOwnLogin: async () => 'a[bot]',
  };
  const tools = { settings: exampleSettings(), forge: github, log: pino({ level: 'silent' }) } as unknown as Tools;
  let written = help;
  const store = {
    write: async (plan: WrittenPlan) => {
      written = plan;
    },
  };
  await giveUpPlan(help, store, tools);
  expect([comments.length, comments[0]?.body]).toEqual([1, expect.stringContaining('something went wrong')]);
  await carryOutPlan(written, store, tools);
  expect([comments.length, comments[0]?.body]).toEqual([1, expect.not.stringContaining('something went wrong')]);
  expect(written.commands).toMatchObject([{ result: { kind: 'help' } }]);
  expect(written.commands[0]).not.toHaveProperty('givenUp');
});

/** A pull request, and a bot that has one command to handle. */
class Place {
  readonly comments: Comment[] = [];
  readonly requests: string[] = [];
  /** What the next request of a kind comes to, once. */
  readonly faults = new Map<string, Error>();
  plan: WrittenPlan = { ...help, commands: [{ ...refused, command: { name: 'build', expanded: 'build' } }] };
  readonly store = {
    write: async (plan: WrittenPlan) => {
      this.plan = plan;
    },
  };
  readonly #chatLevel: ChatLevel;

  constructor(chatLevel: ChatLevel) {
    this.#chatLevel = chatLevel;
  }

  get tools(): Tools {
    const example = exampleSettings();
    const settings = { ...example, control: { ...example.control, chatLevel: this.#chatLevel } };
    return { settings, forge: this.#github, log: pino({ level: 'silent' }) } as unknown as Tools;
  }

  readonly #github = {
    addReaction: async () => this.#request('react'),
    createComment: async (_: unknown, body: Markdown) => {
      const comment = { id: 70 + this.comments.length, url: 'u', body, author: bot, createdAt: '' };
      this.comments.push(comment);
      this.#request('create');
      return comment;
    },
    updateComment: async (_: unknown, id: number, body: Markdown) => {
      this.#request('update');
      const at = this.comments.findIndex((each) => each.id === id);
      this.comments.splice(at, 1, { ...(this.comments[at] as Comment), body });
      return 'done';
    },
    listComments: async () => this.comments,
    readOwnLogin: async () => 'a[bot]',
  };

  #request(kind: string): 'done' {
    this.requests.push(kind);
    const fault = this.faults.get(kind);
    this.faults.delete(kind);
    if (fault !== undefined) throw fault;
    return 'done';
  }
}

const bot = { login: 'a[bot]', isBot: true };
const refused = { typed: 'build', outcome: { kind: 'refused', reason: 'no such target' as Markdown } } as const;
const slurmIsAway = 'Slurm cannot be reached.' as Markdown;

it.each<[ChatLevel, number]>([
  ['incognito', 0],
  ['minimal', 0],
  ['basic', 1],
  ['chatty', 1],
])('with chat level %s a delay is told in %i comments, and taken back there', async (chatLevel, count) => {
  const place = new Place(chatLevel);
  const tell = () => tellOfDelay(place.plan, slurmIsAway, place.store, place.tools);
  await tell();
  expect(place.comments.map(({ body }) => body)).toEqual(
    Array.from({ length: count }, () => expect.stringMatching(/`build` has to wait\n {2}_Slurm cannot be reached\./)),
  );
  await tell();
  expect(place.requests.filter((kind) => kind !== 'react')).toHaveLength(count);
  await carryOutPlan(place.plan, place.store, place.tools);
  expect(place.comments.map(({ body }) => body)).toEqual(
    Array.from({ length: count }, () => expect.stringContaining('no such target')),
  );
  expect(place.comments.some(({ body }) => body.includes('has to wait'))).toBe(false);
});

it.each(['create', 'update'])('is one comment, also where the answer to %s is lost', async (kind) => {
  const place = new Place('basic');
  place.faults.set(kind, new Unsure('lost'));
  const told = tellOfDelay(place.plan, slurmIsAway, place.store, place.tools);
  await (kind === 'create' ? expect(told).rejects.toThrow('lost') : told);
  const done = carryOutPlan(place.plan, place.store, place.tools);
  await (kind === 'update' ? expect(done).rejects.toThrow('lost') : done);
  await carryOutPlan(place.plan, place.store, place.tools);
  expect(place.comments).toHaveLength(1);
  expect(place.comments[0]?.body).not.toContain('has to wait');
});

it('tells another reason in the same comment, the same one with other numbers not again', async () => {
  const place = new Place('basic');
  for (const reason of ['git: nothing after 10 ms.', 'git: nothing after 12 ms.', 'Slurm cannot be reached.'])
    await tellOfDelay(place.plan, reason as Markdown, place.store, place.tools);
  expect(place.requests).toEqual(['create', 'update']);
  expect(place.comments.map(({ body }) => body)).toEqual([expect.stringContaining('Slurm cannot be reached.')]);
});

it('tells nobody of a delay who was not meant', async () => {
  const place = new Place('chatty');
  place.plan = { ...place.plan, commands: [{ typed: 'build', outcome: { kind: 'left-to-others' } }] };
  await tellOfDelay(place.plan, slurmIsAway, place.store, place.tools);
  expect(place.comments).toEqual([]);
});

it('a comment that GitHub does not show is reacted to at the end, and holds nothing up', async () => {
  const place = new Place('chatty');
  place.faults.set('react', new PerhapsGone('404', { cause: undefined }));
  await carryOutPlan(place.plan, place.store, place.tools);
  expect([place.requests, place.plan.reacted]).toEqual([['react', 'create', 'react'], true]);
});

it('a plan of an older version, whose response was posted, is brought up to date', async () => {
  const place = new Place('chatty');
  place.comments.push({ id: 70, url: 'u', body: 'received', author: bot, createdAt: '' });
  place.plan = { ...place.plan, said: { response: { kind: 'posted', id: 70, url: 'u' } } };
  await carryOutPlan(place.plan, place.store, place.tools);
  expect(place.comments.map(({ body }) => body)).toEqual([expect.stringContaining('no such target')]);
});
