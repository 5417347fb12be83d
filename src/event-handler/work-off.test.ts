import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../daemon/clock.ts';
import { Unavailable } from '../jobs/judge-error.ts';
import { withoutSeal } from '../outside/files/seal.ts';
import { TryAgainLater, Unsure } from '../outside/forge/forge.ts';
import { gitHubWebhooks } from '../outside/forge/github/github-webhooks.ts';
import { Inbox } from './receive/inbox.ts';
import { InboxWorker } from './work-off.ts';

let stateDir: string;
let inbox: Inbox;
let handled: string[];
let toldOf: string[];
/** GUID -> what its next attempts fail with. */
let failures: Record<string, Error[]>;
/** What else happens while one is handled. */
let handling: (guid: string) => Promise<void>;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'work-off-'));
  inbox = await Inbox.open(stateDir);
  [handled, toldOf, failures] = [[], [], {}];
  handling = async () => {};
});
afterEach(() => rm(stateDir, { recursive: true }));

async function receive(guid: string, pullRequest: number, typed = 'x'): Promise<void> {
  const body = JSON.stringify({
    action: 'created',
    comment: { id: Number(guid.slice(2)), body: typed, created_at: '2026-03-10T12:00:00Z' },
    issue: { number: pullRequest, pull_request: {} },
    repository: { name: 'R', owner: { login: 'O' } },
    sender: { login: 'alice' },
  });
  const receivedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, Number(guid.slice(2)))).toISOString();
  await inbox.receive(
    { version: 1, guid, event: 'issue_comment', receivedAt, headers: {}, body },
    Number(guid.slice(2)),
  );
}

async function workOff(): Promise<void> {
  const worker = new InboxWorker({
    inbox,
    webhooks: gitHubWebhooks,
    monotonic: machineClock.monotonic,
    stop: new AbortController().signal,
    log: pino({ level: 'silent' }),
    handle: async (_route, { guid }) => {
      handled.push(guid);
      await handling(guid);
      const failure = failures[guid]?.shift();
      if (failure !== undefined) throw failure;
    },
    tellOfFailure: async ({ guid }) => void toldOf.push(guid),
    tellOfWait: async () => {},
    waitSeconds: 0,
  });
  await worker.lookForWork();
  await worker.idle();
}

const names = async (stage: string) =>
  (await readdir(join(stateDir, 'inbox', stage))).map((name) => name.replace(/^.*_/, '')).toSorted();
const times = (count: number, failure: () => Error) => Array.from({ length: count }, failure);
const fault = () => new Error('it cannot be done');

it.each`
  what                            | forge
  ${'somebody else wrote'}        | ${(real: string) => JSON.stringify(JSON.parse(withoutSeal(real)))}
  ${'was changed in a word'}      | ${(real: string) => real.replace('alice', 'mallory')}
  ${'was copied to another name'} | ${(real: string) => real}
`(
  'a delivery in the inbox that $what is not handled, is set aside alone, and is fetched anew if it was one',
  async ({ forge }) => {
    await receive('g-1', 9);
    await receive('g-2', 9);
    const [first = '', second = ''] = await inbox.waiting();
    const name = first.replace('comment.1_g-1', 'comment.5_g-5');
    await writeFile(
      join(stateDir, 'inbox/new', name),
      forge(await readFile(join(stateDir, 'inbox/new', second), 'utf8')),
    );
    await workOff();
    expect([handled.toSorted(), await names('new'), await names('failed')]).toEqual([
      ['g-1', 'g-2'],
      [],
      ['g-5.json.damaged', 'g-5.json.damaged.why'],
    ]);
    const why = await readFile(join(stateDir, 'inbox/failed', `${name}.damaged.why`), 'utf8');
    expect(why).toMatch(/^the file of the delivery \S+ has (no seal|a seal that is not of this text in this place): /);
    expect([inbox.knows('g-5'), inbox.takeLost()]).toEqual([false, true]);
  },
);

it('what is asked of the instance alone does not wait for an earlier command that hangs', async () => {
  await receive('g-1', 9, 'bot: build for:arch=a');
  await receive('g-2', 9, 'bot: status');
  await receive('g-3', 9, 'bot: ping');
  const hangs = Promise.withResolvers<void>();
  const [isBegun, isAnswered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  handling = async (guid) => {
    if (guid === 'g-1') {
      isBegun.resolve();
      await hangs.promise;
    }
    if (guid === 'g-3') isAnswered.resolve();
  };
  const done = workOff();
  await Promise.all([isBegun.promise, isAnswered.promise]); // each has a queue of its own: either may be the first
  expect(handled.toSorted()).toEqual(['g-1', 'g-3']);
  hangs.resolve();
  await done;
  expect(handled.at(-1)).toBe('g-2');
});

it('a forged plan is not carried out: its delivery is set aside at once, with the reason, and no other', async () => {
  await receive('g-1', 9);
  await receive('g-2', 9);
  await inbox.planOf('g-1').write({ version: 1, commands: [] });
  await inbox.planOf('g-2').write({ version: 1, commands: ['another'] });
  const plan = (guid: string) => join(stateDir, `inbox/plans/${guid}.json`);
  for (const forged of ['{"version":1,"commands":[]}', await readFile(plan('g-2'), 'utf8')]) {
    await writeFile(plan('g-1'), forged);
    failures['g-1'] = [
      await inbox
        .planOf('g-1')
        .read()
        .then(fault, (error: Error) => error),
    ];
    await workOff();
    const [why = ''] = (await readdir(join(stateDir, 'inbox/failed'))).filter((name) => name.endsWith('g-1.json.why'));
    expect(await readFile(join(stateDir, 'inbox/failed', why), 'utf8')).toMatch(
      /its plan \S+g-1\.json has (no|a) seal/,
    );
    await rename(
      join(stateDir, 'inbox/failed', why.slice(0, -'.why'.length)),
      join(stateDir, 'inbox/new', why.slice(0, -'.why'.length)),
    );
  }
  expect([handled, await names('done')]).toEqual([['g-1', 'g-2', 'g-1'], ['g-2.json']]);
});

it('is set aside after five attempts, with the reason, and told; those behind it go on', async () => {
  failures['g-1'] = times(99, fault);
  await receive('g-1', 9);
  await receive('g-2', 9);
  await receive('g-3', 8);
  await workOff();
  expect(handled.filter((guid) => guid === 'g-1')).toHaveLength(5);
  expect(toldOf).toEqual(['g-1']);
  expect([await names('new'), await names('done'), await names('failed')]).toEqual([
    [],
    ['g-2.json', 'g-3.json'],
    ['g-1.json', 'g-1.json.why'],
  ]);
  const [why = ''] = (await readdir(join(stateDir, 'inbox/failed'))).filter((name) => name.endsWith('.why'));
  expect(await readFile(join(stateDir, 'inbox/failed', why), 'utf8')).toBe(
    'it failed again and again, at last with: it cannot be done\n',
  );
});

it.each([
  ['a fault that passes in time', times(4, fault)],
  ['GitHub away, then a fault that passes in time', [...times(20, () => new Unsure('no answer')), ...times(4, fault)]],
  ['GitHub away', times(20, () => new TryAgainLater('GitHub is away', { cause: undefined }))],
  ['an answer that was lost', times(20, () => new Unsure('no answer'))],
  ['Slurm away', times(20, () => new Unavailable('Slurm cannot be reached'))],
  ['a disk that is full', times(20, () => Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' }))],
])('is worked off in the end: %s', async (_what, failing) => {
  failures['g-1'] = [...failing];
  await receive('g-1', 9);
  await receive('g-2', 9);
  await workOff();
  expect(handled).toEqual([...Array.from({ length: failing.length + 1 }, () => 'g-1'), 'g-2']);
  expect([await names('done'), await names('failed'), toldOf]).toEqual([['g-1.json', 'g-2.json'], [], []]);
});

it.each([
  ['Slurm away for longer than a minute', 61, new Unavailable('Slurm cannot be reached'), ['Slurm cannot be reached']],
  ['Slurm away for seconds', 1, new Unavailable('Slurm cannot be reached'), []],
  ['a fault of its own', 61, new Error('it cannot be done'), []],
])('whoever waits for %s learns it: pause of %i s', async (_what, seconds, failure, told) => {
  await receive('g-1', 9);
  const stop = new AbortController();
  const waits: string[] = [];
  let hasFailed = false;
  const worker = new InboxWorker({
    inbox,
    webhooks: gitHubWebhooks,
    monotonic: machineClock.monotonic,
    stop: stop.signal,
    // The line that tells of the attempt to come is the last thing before it is told, or waited.
    log: pino({ level: 'warn' }, { write: () => setImmediate(() => stop.abort()) }),
    handle: async () => {
      if (hasFailed) return;
      hasFailed = true;
      throw failure;
    },
    tellOfFailure: async () => {},
    tellOfWait: async (_delivery, error) => void waits.push(error instanceof Error ? error.message : ''),
    waitSeconds: seconds,
  });
  await worker.lookForWork();
  await worker.idle();
  expect(waits).toEqual(told);
});
