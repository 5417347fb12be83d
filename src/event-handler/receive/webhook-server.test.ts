import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request as connect } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../../daemon/clock.ts';
import type { Health } from '../../jobs/health-teller.ts';
import { ForgeTime } from '../../outside/forge/forge-time.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { Inbox } from './inbox.ts';
import { webhookServer } from './webhook-server.ts';

let stateDir: string;
let server: Server;
let allowSha1 = false;
let health: Health;
let heard: string[];
const secrets = { current: 'new secret', previous: 'old secret' };

beforeEach(async () => {
  health = { ok: true, storage: null, configurationProblems: [], failing: [] };
  heard = [];
  stateDir = await mkdtemp(join(tmpdir(), 'receive-'));
  server = webhookServer({
    inbox: await Inbox.open(stateDir),
    webhooks: gitHubWebhooks,
    secrets,
    forgeTime: new ForgeTime(machineClock, { take: () => {} }),
    allowSha1: () => allowSha1,
    installationId: () => 7,
    health: async () => health,
    onSignature: (outcome, guid) => heard.push(`${guid} ${outcome}`),
    log: pino({ level: 'silent' }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  allowSha1 = false;
  server.close();
  await rm(stateDir, { recursive: true, force: true });
});

const sign = (body: string | Buffer, secret: string, algorithm = 'sha256') =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;

async function post(body: string | Buffer, headers: Record<string, string> = {}, path = '/', method = 'POST') {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { 'x-github-delivery': 'a-1', 'x-github-event': 'star', ...headers },
    ...(method === 'POST' && { body }),
  });
  return response.status;
}
const stored = async () => (await readdir(join(stateDir, 'inbox/new'))).length;
const good = '{"zen":"Grüße"}';
const signed = { 'x-hub-signature-256': sign(good, secrets.current) };
const noText = Buffer.from('7b22e9227d', 'hex'); // {"é"} in Latin-1: read as a text it is another one
const asText = noText.toString('utf8');
const large = Buffer.alloc(26 * 1024 * 1024, 32);

it.each`
  what                                      | body                  | headers                                                       | path         | method    | status | files
  ${'a good delivery'}                      | ${good}               | ${signed}                                                     | ${'/'}       | ${'POST'} | ${202} | ${1}
  ${'one signed with the previous secret'}  | ${good}               | ${{ 'x-hub-signature-256': sign(good, secrets.previous) }}    | ${'/'}       | ${'POST'} | ${202} | ${1}
  ${'a wrong signature'}                    | ${good}               | ${{ 'x-hub-signature-256': sign(good, 'guess') }}             | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'a signature that is none'}             | ${good}               | ${{ 'x-hub-signature-256': 'sha256=x' }}                      | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'a signature without a value'}          | ${good}               | ${{ 'x-hub-signature-256': '' }}                              | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'a signature of blanks'}                | ${good}               | ${{ 'x-hub-signature-256': '  ' }}                            | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'an algorithm without a signature'}     | ${good}               | ${{ 'x-hub-signature-256': 'sha256=' }}                       | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'a signature of no bytes'}              | ${''}                 | ${{ 'x-hub-signature-256': 'sha256=x' }}                      | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'no signature'}                         | ${good}               | ${{}}                                                         | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'SHA-1 alone'}                          | ${good}               | ${{ 'x-hub-signature': sign(good, secrets.current, 'sha1') }} | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'a body changed in a space'}            | ${'{"zen": "Grüße"}'} | ${signed}                                                     | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'bytes that only as a text are signed'} | ${noText}             | ${{ 'x-hub-signature-256': sign(asText, secrets.current) }}   | ${'/'}       | ${'POST'} | ${401} | ${0}
  ${'a path that is no path'}               | ${good}               | ${signed}                                                     | ${'//'}      | ${'POST'} | ${404} | ${0}
  ${'signed, but nothing'}                  | ${''}                 | ${{ 'x-hub-signature-256': sign('', secrets.current) }}       | ${'/'}       | ${'POST'} | ${400} | ${0}
  ${'signed, but not JSON'}                 | ${'zen'}              | ${{ 'x-hub-signature-256': sign('zen', secrets.current) }}    | ${'/'}       | ${'POST'} | ${400} | ${0}
  ${'signed, but no object'}                | ${'[1]'}              | ${{ 'x-hub-signature-256': sign('[1]', secrets.current) }}    | ${'/'}       | ${'POST'} | ${400} | ${0}
  ${'a delivery id that is a path'}         | ${good}               | ${{ ...signed, 'x-github-delivery': '../../x' }}              | ${'/'}       | ${'POST'} | ${400} | ${0}
  ${'26 MB'}                                | ${large}              | ${{ 'x-hub-signature-256': sign(large, secrets.current) }}    | ${'/'}       | ${'POST'} | ${413} | ${0}
  ${'GET /'}                                | ${''}                 | ${{}}                                                         | ${'/'}       | ${'GET'}  | ${405} | ${0}
  ${'another path'}                         | ${good}               | ${signed}                                                     | ${'/x'}      | ${'POST'} | ${404} | ${0}
  ${'GET /health'}                          | ${''}                 | ${{}}                                                         | ${'/health'} | ${'GET'}  | ${200} | ${0}
`('$what: $status, and $files on disk', async ({ body, headers, path, method, status, files }) => {
  expect(await post(body, headers, path, method)).toBe(status);
  expect(await stored()).toBe(files);
});

it.each`
  days | event              | status
  ${8} | ${'issue_comment'} | ${400}
  ${3} | ${'issue_comment'} | ${202}
  ${8} | ${'pull_request'}  | ${400}
  ${3} | ${'pull_request'}  | ${202}
  ${8} | ${'star'}          | ${202}
`('a signed $event of $days days ago: $status', async ({ days, event, status }) => {
  const at = new Date(Date.now() - days * 24 * 3600 * 1000).toISOString();
  const body = JSON.stringify({
    action: 'created',
    comment: { id: 7, created_at: at },
    pull_request: { updated_at: at },
  });
  const headers = { 'x-hub-signature-256': sign(body, secrets.current), 'x-github-event': event };
  expect(await post(body, headers)).toBe(status);
});

it.each`
  installation   | status | files
  ${{ id: 7 }}   | ${202} | ${1}
  ${{ id: 8 }}   | ${200} | ${0}
  ${{ id: 'x' }} | ${202} | ${1}
  ${null}        | ${202} | ${1}
`(
  'a signed delivery of installation $installation: $status, and $files on disk',
  async ({ installation, status, files }) => {
    const body = JSON.stringify({ installation });
    expect(await post(body, { 'x-hub-signature-256': sign(body, secrets.current) })).toBe(status);
    expect(await stored()).toBe(files);
  },
);

it.each`
  accept                | storage           | status | type                  | text
  ${'*/*'}              | ${null}           | ${200} | ${'text/plain'}       | ${/^ok\n$/}
  ${'*/*'}              | ${'disk is full'} | ${503} | ${'text/plain'}       | ${/^not ok:\n- storage: disk is full\n$/}
  ${'application/json'} | ${null}           | ${200} | ${'application/json'} | ${/"ok": true/}
  ${'application/json'} | ${'disk is full'} | ${503} | ${'application/json'} | ${/"storage": "disk is full"/}
`('GET /healthz, accepting $accept: $status, $text', async ({ accept, storage, status, type, text }) => {
  health = { ...health, ok: storage === null, storage };
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { accept } });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain(type);
  expect(await response.text()).toMatch(text);
});

it('keeps the names of headers as they came, for events_log, and both values of one that came twice', async () => {
  const { port } = server.address() as AddressInfo;
  const names = {
    'X-GitHub-Delivery': 'a-1',
    'X-GitHub-Event': 'star',
    'X-Hub-Signature-256': sign(good, secrets.current),
  };
  const request = connect({ port, method: 'POST', headers: { ...names, 'X-Forwarded-For': ['1', '2'] } });
  request.end(good);
  await once(request, 'response');
  const [name = ''] = await readdir(join(stateDir, 'inbox/new'));
  const { headers } = JSON.parse(await readFile(join(stateDir, 'inbox/new', name), 'utf8'));
  expect(headers).toMatchObject({ ...names, 'X-Forwarded-For': '1, 2' });
});

it('knows a delivery that comes again, also after a restart', async () => {
  expect(await post(good, signed)).toBe(202);
  expect(await post(good, signed)).toBe(200);
  const again = await Inbox.open(stateDir);
  const delivery = {
    version: 1,
    guid: 'a-1',
    event: 'star',
    receivedAt: '2025-01-05T03:04:05Z',
    headers: {},
    body: good,
  } as const;
  expect(await again.receive(delivery, undefined)).toBe('known');
  expect(await stored()).toBe(1);
});

it('answers both of two that come at the same time only when it is on disk', async () => {
  expect((await Promise.all([post(good, signed), post(good, signed)])).sort()).toEqual([200, 202]);
  expect(await stored()).toBe(1);
});

it.each`
  event           | headers                              | told
  ${'star'}       | ${signed}                            | ${['a-1 right']}
  ${'star'}       | ${{ 'x-hub-signature-256': 'none' }} | ${['a-1 wrong']}
  ${'star'}       | ${{}}                                | ${['a-1 missing']}
  ${'bot_doctor'} | ${{ 'x-hub-signature-256': 'none' }} | ${[]}
  ${'bot_doctor'} | ${{}}                                | ${[]}
`('of the signature of $event, sent with $headers, is told: $told', async ({ event, headers, told }) => {
  await post(good, { ...headers, 'x-github-event': event });
  expect(heard).toEqual(told);
});

it('takes SHA-1 where the site allows it', async () => {
  allowSha1 = true;
  expect(await post(good, { 'x-hub-signature': sign(good, secrets.current, 'sha1') })).toBe(202);
  expect(await post(good, { 'x-hub-signature': sign(good, 'guess', 'sha1'), 'x-github-delivery': 'a-2' })).toBe(401);
});
