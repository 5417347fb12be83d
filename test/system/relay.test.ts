import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startConnectProxy } from '../../stand-ins/connect-proxy.ts';
import type { CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { startTls } from '../../stand-ins/s3-tls.ts';
import { type SmeeStandIn, startSmee } from '../../stand-ins/smee.ts';
import { makeSite, type Running, repository, type Site } from './site.ts';

// The client of a relay that is built in, behind the proxy and the CA of a site: each fault of a relay, one after the other, with one event
// handler. No job is built here: strangers' commands, which are answered by reactions alone. The list of GitHub is read every hour only.

let smee: SmeeStandIn;
let tls: Awaited<ReturnType<typeof startTls>>;
let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
let site: Site;
let handler: Running;
let number: number;

beforeAll(async () => {
  smee = await startSmee();
  tls = await startTls(smee.address);
  proxy = await startConnectProxy();
  site = await makeSite({
    slurm: {},
    edit: (appCfg) =>
      appCfg
        .replace('[bot_control]\n', '[bot_control]\nchatlevel = minimal\n')
        .replace('[event_handler]\n', '[event_handler]\nrecovery_interval = 3600\n'),
    environment: {
      SMEE_URL: smee.channel.replace(smee.address, tls.endpoint),
      NODE_EXTRA_CA_CERTS: tls.caFile,
      HTTPS_PROXY: proxy.address,
      NO_PROXY: '',
      no_proxy: '',
    },
    webhooks: {
      webhookUrl: () => smee.channel,
      // What JavaScript does not write again as it was.
      writeBody: (payload) =>
        JSON.stringify(payload).replaceAll(
          /[\u0080-\uffff]/g,
          (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
    },
  });
  handler = await site.startEventHandler();
  await smee.heardAfter(0);
  number = await site.github.openPullRequest(repository, { branch: 'change', user: 'dave' });
});
afterAll(async () => {
  await site?.close();
  await proxy?.close();
  await smee?.close();
  await tls?.close();
});

const isHandled = ({ reactions }: CommentView) => reactions.some(({ content }) => content === 'confused');
const say = (body: string) => site.github.comment(repository, number, 'mallory', body);
const requestsOf = (operation: string) =>
  site.github.requests.filter(({ operationId, status }) => operationId === operation && (status ?? 0) < 300);
const fetches = () => requestsOf('apps/get-webhook-delivery').length;
const allHandled = () =>
  site.github.waitFor('all handled', () =>
    site.github
      .comments(repository, number)
      .filter(({ author }) => author === 'mallory')
      .every(isHandled),
  );

async function health() {
  const address = /http:\S+/.exec(handler.output())?.[0];
  const text = await (await fetch(`${address}/health`)).text();
  return { text, relay: JSON.parse(text).relay };
}

it('brings commands as GitHub has signed them, through the proxy', async () => {
  await say('bot: help');
  await allHandled();
  expect((await health()).relay).toMatchObject({ lastEvent: expect.any(String), rewritten: 0 });
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(tls.endpoint).host]));
});

it('fetches at once what the relay has written anew', async () => {
  const before = fetches();
  await say('bot: help, bitte schön');
  await allHandled();
  expect(fetches()).toBeGreaterThan(before);
});

it('handles once what the relay brings twice', async () => {
  smee.deliveries('repeated');
  await say('bot: status');
  smee.deliveries('passed on');
  await allHandled();
});

it('finds what was lost while the relay answered with errors', async () => {
  const before = smee.connections();
  const refused = smee.refuse(503, 1);
  smee.hangUp('closed');
  await refused;
  await say('bot: help'); // nobody hears it
  await smee.heardAfter(before);
  await allHandled();
});

it('finds what was lost before the wire was cut', async () => {
  smee.deliveries('dropped');
  await say('bot: help');
  smee.deliveries('passed on');
  const before = smee.connections();
  smee.hangUp('cut');
  await smee.heardAfter(before);
  await allHandled();
});

it('takes nothing that GitHub has not signed', async () => {
  const looks = requestsOf('apps/list-webhook-deliveries').length;
  const forged = { action: 'created', comment: { id: 1, body: 'bot: build' } };
  smee.emit({
    'x-github-event': 'issue_comment',
    'x-github-delivery': 'forged',
    'x-hub-signature-256': 'sha256=0',
    body: forged,
  });
  await site.github.waitFor('a look', () => requestsOf('apps/list-webhook-deliveries').length > looks);
  const inbox = join(site.directory, 'jobs/.bot/inbox');
  for (const stage of ['new', 'done', 'failed'])
    expect((await readdir(join(inbox, stage))).filter((name) => name.includes('forged'))).toEqual([]);
});

it('has answered each command once, and says how it is without the channel', async () => {
  const commands = site.github.comments(repository, number).filter(({ author }) => author === 'mallory');
  expect(requestsOf('reactions/create-for-issue-comment')).toHaveLength(2 * commands.length);
  const { text, relay } = await health();
  expect(relay).toMatchObject({ name: `${tls.endpoint}/…`, isConnected: true, why: null, reconnects: 2, rewritten: 2 });
  const status = await site.run('bot.sh', 'status');
  expect(status.output).toMatch(
    /^relay {12}https:\S+\/… is connected since \S+; last delivery at \S+; connected again 2 times; signatures that do not fit: \d+$/m,
  );
  expect(await handler.stop()).toBe(0);
  const log = await readFile(join(site.directory, 'event_handler.log'), 'utf8');
  const channel = new URL(smee.channel).pathname.slice(1);
  for (const shown of [text, status.output, handler.output(), log]) expect(shown).not.toContain(channel);
});
