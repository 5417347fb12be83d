import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../../daemon/clock.ts';
import { ForgeTime } from '../../outside/forge/forge-time.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { Inbox } from './inbox.ts';
import { Refusals } from './refusals.ts';
import { RelayWatch } from './relay-watch.ts';
import { takeFromRelay } from './take-from-relay.ts';

let stateDir: string;
let inbox: Inbox;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'relay-'));
  inbox = await Inbox.open(stateDir);
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const log = pino({ level: 'silent' });
const signature = (body: string) => `sha256=${createHmac('sha256', 'the secret').update(body).digest('hex')}`;
const headersOf = (body: string) => ({
  'x-github-event': 'star',
  'x-github-delivery': 'a-1',
  'x-hub-signature-256': signature(body),
});

/** What becomes of a delivery: what is heard of its signature, which are wanted from GitHub, how many lie in the inbox. */
async function take(headers: Record<string, string>, bodies: readonly string[], into: Pick<Inbox, 'receive'> = inbox) {
  const heard: string[] = [];
  const watch = new RelayWatch('https://smee.io/…', machineClock);
  await takeFromRelay(
    { headers, bodies: bodies.map((body) => Buffer.from(body)) },
    {
      inbox: into,
      watch,
      log,
      webhooks: gitHubWebhooks,
      secrets: { current: 'the secret' },
      allowSha1: () => false,
      installationId: () => 7,
      forgeTime: new ForgeTime(machineClock, { take: () => {} }),
      refusals: new Refusals(log),
      onSignature: (outcome, guid) => heard.push(`${outcome} ${guid}`),
      onLost: (guid) => heard.push(`lost ${guid}`),
    },
  );
  return { heard, stored: (await readdir(join(stateDir, 'inbox/new'))).length, rewritten: watch.report().rewritten };
}

const good = '{"zen":"Grüße"}';
const right = headersOf(good);
it.each([
  ['as GitHub signed it', right, [good], { heard: ['right a-1'], stored: 1, rewritten: 0 }],
  ['one of several ways to write it', right, ['{ "zen": 1 }', good], { heard: ['right a-1'], stored: 1, rewritten: 0 }],
  ['changed', right, ['{"zen":"Gr\\u00fc\\u00dfe"}'], { heard: ['wrong a-1'], stored: 0, rewritten: 1 }],
  ['without a body', right, [], { heard: ['wrong a-1'], stored: 0, rewritten: 1 }],
  [
    'without a signature',
    { 'x-github-event': 'star', 'x-github-delivery': 'a-1' },
    [good],
    { heard: ['missing a-1'], stored: 0, rewritten: 1 },
  ],
  ['without a GUID', { 'x-github-event': 'star' }, [good], { heard: [], stored: 0, rewritten: 0 }],
  [
    'with a GUID that leads elsewhere',
    { ...right, 'x-github-delivery': '../../a' },
    [good],
    { heard: [], stored: 0, rewritten: 0 },
  ],
  [
    'signed, and of another installation',
    headersOf('{"installation":{"id":8}}'),
    ['{"installation":{"id":8}}'],
    { heard: ['right a-1'], stored: 0, rewritten: 0 },
  ],
  ['signed, and no JSON', headersOf('zen=1'), ['zen=1'], { heard: ['right a-1'], stored: 0, rewritten: 0 }],
])('a delivery %s', async (_what, headers, bodies, expected) => {
  expect(await take(headers, bodies)).toEqual(expected);
});

it('stores one that comes twice once', async () => {
  await take(right, [good]);
  expect((await take(right, [good])).stored).toBe(1);
});

it('wants one from GitHub that could not be stored', async () => {
  const full = { receive: () => Promise.reject(new Error('ENOSPC')) };
  expect(await take(right, [good], full)).toMatchObject({ heard: ['right a-1', 'lost a-1'], stored: 0 });
});
