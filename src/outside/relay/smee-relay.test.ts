import { EventEmitter, on } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SmeeStandIn, startSmee } from '../../../stand-ins/smee.ts';
import { freePorts } from '../../../test/slurm/free-ports.ts';
import { gitHubWebhooks } from '../forge/github/github-webhooks.ts';
import { smeeRelay } from './smee-relay.ts';

// The whole client, over the wire: what each fault of a relay becomes. This relay gives a sign of life every 20 ms.

let smee: SmeeStandIn;
let stop: AbortController;
let listening: Promise<void> | undefined;
beforeEach(async () => {
  smee = await startSmee({ signOfLifeMilliseconds: 20 });
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await listening;
  await smee.close();
});

/** Hears the relay; what happens, one after the other. */
function listen(address = smee.channel, silentMilliseconds = 60_000) {
  const happened = new EventEmitter();
  const told = on(happened, 'told', { signal: stop.signal });
  const tell = (what: string) => happened.emit('told', what);
  const relay = smeeRelay(address, gitHubWebhooks, {
    silentMilliseconds,
    answerMilliseconds: silentMilliseconds,
    random: () => 1,
  });
  const listener = {
    onConnected: () => void tell('connected'),
    onLost: (why: string) => void tell(`lost: ${why}`),
    onDelivery: async ({ headers, bodies: [body] }: { headers: Record<string, string>; bodies: readonly Buffer[] }) =>
      void tell(`${headers['x-github-delivery']}: ${body}`),
  };
  listening = relay.listen(listener, stop.signal);
  return { relay, next: async () => String(((await told.next()).value as unknown[])[0]) };
}

const deliver = (guid: string, body: string) =>
  fetch(smee.channel, {
    method: 'POST',
    headers: { 'x-github-event': 'ping', 'x-github-delivery': guid, 'content-type': 'application/json' },
    body,
  });

it('brings deliveries, repeated ones twice, and none that was dropped', async () => {
  const { next } = listen();
  expect(await next()).toBe('connected');
  await deliver('a', '{"zen":"Grüße \\u001b"}');
  expect(await next()).toBe('a: {"zen":"Grüße \\u001b"}');
  smee.deliveries('dropped');
  expect((await deliver('b', '{}')).status).toBe(200);
  smee.deliveries('repeated');
  await deliver('c', '{ "score": 1.0 }'); // as smee.io writes it
  expect([await next(), await next()]).toEqual(['c: {"score":1}', 'c: {"score":1}']);
});

it.each([
  { fault: 'closes the connection', cause: () => smee.hangUp('closed'), why: 'it has closed the connection' },
  { fault: 'cuts the wire', cause: () => smee.hangUp('cut'), why: expect.stringMatching(/terminated|closed|reset/i) },
])('connects again after a relay that $fault', async ({ cause, why }) => {
  const { next } = listen();
  await next();
  cause();
  expect((await next()).replace('lost: ', '')).toEqual(why);
  expect(await next()).toBe('connected');
  await deliver('a', '{}');
  expect(await next()).toBe('a: {}');
});

it('takes a connection for dead on which nothing comes, not even a sign of life', async () => {
  const { next } = listen(smee.channel, 2_000);
  await next();
  smee.fallSilent();
  expect(await next()).toBe('lost: it has sent nothing for 2 s');
  expect(await next()).toBe('connected');
});

it('goes on after answers that are no stream, and shows no channel', async () => {
  void smee.refuse(503, 1);
  const { relay, next } = listen();
  expect(await next()).toBe('lost: it answers with status 503');
  expect(await next()).toBe('connected');
  expect(relay.name).toBe(`${smee.address}/…`);
});

it('says what answers with a page', async () => {
  const pages = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
  await new Promise<void>((listens) => pages.listen(0, '127.0.0.1', listens));
  const { next } = listen(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/channel`);
  expect(await next()).toMatch(/^lost: it answers with text\/html, not with events: give it the address of a channel/);
  pages.close();
});

it.each([
  { what: 'nobody listens', host: async () => `127.0.0.1:${(await freePorts(1))[0]}`, why: /ECONNREFUSED/ },
  { what: 'nobody has the name', host: async () => 'relay.invalid', why: /ENOTFOUND|EAI_AGAIN/ },
])('says why there is no answer: $what', async ({ host, why }) => {
  const { next } = listen(`http://${await host()}/channel`);
  const words = await next();
  expect(words).toMatch(why);
  expect(words).not.toContain('channel');
});
