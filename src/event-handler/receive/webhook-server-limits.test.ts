import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machineClock } from '../../daemon/clock.ts';
import { ForgeTime } from '../../outside/forge/forge-time.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import type { ConnectionLimits } from './connections.ts';
import { Inbox } from './inbox.ts';
import { webhookServer } from './webhook-server.ts';

let stateDir: string;
let server: Server;
let sockets: Socket[];
let healthAsked: number;
let logged: string[];
const secret = 'secret';

beforeEach(async () => {
  sockets = [];
  healthAsked = 0;
  logged = [];
  stateDir = await mkdtemp(join(tmpdir(), 'limits-'));
  await start();
});

async function start(limits?: ConnectionLimits): Promise<void> {
  server?.close();
  server = webhookServer({
    inbox: await Inbox.open(stateDir),
    webhooks: gitHubWebhooks,
    secrets: { current: secret },
    forgeTime: new ForgeTime(machineClock, { take: () => {} }),
    allowSha1: () => false,
    installationId: () => 7,
    health: async () => {
      healthAsked++;
      return { ok: true, storage: null, configurationProblems: [], failing: [] };
    },
    log: pino({ base: null }, { write: (line: string) => void logged.push(line) }),
    ...(limits && { limits }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await rm(stateDir, { recursive: true, force: true });
});

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {}); // the server may close it at any time
  await once(socket, 'connect');
  return socket;
}

async function deliver(): Promise<number> {
  const body = '{"zen":"x"}';
  const { port } = server.address() as AddressInfo;
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = { 'x-github-delivery': 'a-1', 'x-github-event': 'star', 'x-hub-signature-256': signature };
  return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body })).status;
}

const begin = 'POST / HTTP/1.1\r\nhost: x\r\n';
/** Only with a signature, right or wrong, is a body read. */
const withBody = `${begin}x-hub-signature-256: sha256=0\r\n`;
const statusOf = async (socket: Socket) => Number(String((await once(socket, 'data'))[0]).split(' ')[1]);

it('takes a delivery while 900 others never finish their headers', async () => {
  const slow = await Promise.all(Array.from({ length: 900 }, open));
  for (const socket of slow) socket.write(begin);
  expect(await deliver()).toBe(202);
});

describe('waits for nobody for ever', () => {
  const unread = `GET /health HTTP/1.1\r\nhost: x\r\n\r\n`;
  const limits = { places: 20, idle: 500, headers: 1_000, request: 1_500, leaving: 500 };
  it.each`
    client                                         | first                                              | then            | closed
    ${'says nothing'}                              | ${''}                                              | ${''}           | ${'too slow'}
    ${'only begins'}                               | ${begin}                                           | ${''}           | ${'too slow'}
    ${'sends a header a letter at a time'}         | ${`${begin}x: `}                                   | ${'y'}          | ${'too slow'}
    ${'sends a body a letter at a time'}           | ${`${withBody}content-length: 9999\r\n\r\n`}       | ${'y'}          | ${'too slow'}
    ${'sends a body in chunks of a letter'}        | ${`${withBody}transfer-encoding: chunked\r\n\r\n`} | ${'1\r\ny\r\n'} | ${'too slow'}
    ${'stops within a body'}                       | ${`${withBody}content-length: 9999\r\n\r\nxxxx`}   | ${''}           | ${'too slow'}
    ${'reads no answer'}                           | ${unread}                                          | ${''}           | ${undefined}
    ${'reads no answer, and asks again and again'} | ${unread.repeat(10_000)}                           | ${unread}       | ${undefined}
  `('closes the connection of one that $client', async ({ first, then, closed }) => {
    await start(limits);
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket.pause());
    socket.on('error', () => {});
    await once(server, 'connection');
    socket.write(first);
    const dripping = then === '' ? undefined : setInterval(() => socket.write(then), 100);
    await expect.poll(connectionCount).toBe(0);
    clearInterval(dripping);
    const words = logged.map((line) => JSON.parse(line).msg);
    expect(words).toEqual(closed === undefined ? [] : [`closed a connection: ${closed}`]);
  });
});

const connectionCount = () =>
  new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

describe('when all places are taken', () => {
  const ten = { places: 10, idle: 60_000, headers: 60_000, request: 60_000, leaving: 60_000 };

  it.each`
    who                                            | sent
    ${'says nothing'}                              | ${''}
    ${'only begins'}                               | ${begin}
    ${'has sent a whole header, and not its body'} | ${`${withBody}content-length: 9999\r\n\r\n`}
    ${'takes no answer'}                           | ${'GET / HTTP/1.1\r\nhost: x\r\n\r\n'}
  `('one that $who makes place for a delivery', async ({ sent }) => {
    await start(ten);
    const others = await Promise.all(Array.from({ length: 10 }, open));
    for (const socket of others) socket.write(sent);
    expect(await deliver()).toBe(202);
    expect(await connectionCount()).toBeLessThanOrEqual(10);
  });

  it('the one that has been sending for longest is closed, the others stay', async () => {
    await start(ten);
    const first = await open();
    first.write(begin);
    const closed = new Promise((resolve) => first.once('close', resolve));
    const others: Socket[] = [];
    for (let count = 0; count < 9; count++) others.push(await open());
    expect(await deliver()).toBe(202);
    await closed;
    const answers = others.map(statusOf);
    for (const socket of others) socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await Promise.all(answers)).toEqual(others.map(() => 200));
  });
});

it('answers one request of a connection, however many are sent, and closes it', async () => {
  const socket = await open();
  let answers = '';
  socket.on('data', (part) => {
    answers += String(part);
  });
  const ended = once(socket, 'end');
  socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(5_000));
  await ended;
  expect(answers.split('HTTP/1.1 ')).toHaveLength(2);
  expect(answers).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(answers).toMatch(/\r\nconnection: close\r\n/i);
  expect(healthAsked).toBe(1);
});

it.each`
  what                             | request                                                       | status
  ${'another path'}                | ${'POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'} | ${404}
  ${'another method'}              | ${'GET / HTTP/1.1\r\nhost: x\r\n\r\n'}                        | ${405}
  ${'no signature'}                | ${`${begin}content-length: 2\r\n\r\n{}`}                      | ${401}
  ${'a wrong signature'}           | ${`${withBody}content-length: 2\r\n\r\n{}`}                   | ${401}
  ${'no signature, however large'} | ${`${begin}content-length: 99999999\r\n\r\n`}                 | ${401}
  ${'what is too large'}           | ${`${withBody}content-length: 99999999\r\n\r\n`}              | ${413}
  ${'what is no HTTP'}             | ${'hello\r\n\r\n'}                                            | ${400}
`('closes the connection after it has refused $what, and says so', async ({ request, status }) => {
  const socket = await open();
  const ended = once(socket, 'end');
  const answer = once(socket, 'data');
  socket.write(request);
  expect(String((await answer)[0])).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\r\nconnection: close\r\n`, 'i'));
  await ended;
});

it('refuses a body that comes in chunks of a byte, and takes one in chunks of a kilobyte', async () => {
  const chunked = `${withBody}transfer-encoding: chunked\r\n\r\n`;
  const small = await open();
  small.write(chunked + '1\r\nx\r\n'.repeat(20_000));
  expect(await statusOf(small)).toBe(400);
  const larger = await open();
  larger.write(`${chunked}${`400\r\n${'x'.repeat(1024)}\r\n`.repeat(2_000)}0\r\n\r\n`);
  expect(await statusOf(larger)).toBe(401);
});

it('logs the first refusal of a kind at once, and all that follow in one line', async () => {
  for (let count = 0; count < 50; count++) {
    const socket = await open();
    socket.write(`${begin}content-length: 2\r\n\r\n{}`);
    expect(await statusOf(socket)).toBe(401);
  }
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'refused a delivery: the signature is missing', from: '127.0.0.1' },
  ]);
  server.close();
  await once(server, 'close');
  expect(logged.slice(1).map((line) => JSON.parse(line))).toMatchObject([
    {
      msg: 'refused more of the same within a minute',
      refused: { 'refused a delivery: the signature is missing': 49 },
    },
  ]);
});

it('reads nothing of a body without a signature, and answers before it has come', async () => {
  const socket = await open();
  const answer = statusOf(socket);
  socket.write(`${begin}content-length: 20000000\r\n\r\n`);
  socket.write(Buffer.alloc(19_000_000)); // more than both buffers of the kernel take
  expect(await answer).toBe(401);
  expect(socket.writableLength).toBeGreaterThan(0); // what nobody reads stays there
});

it('reads no more than 16 KB of headers', async () => {
  const socket = await open();
  socket.write(`${begin}x: ${'y'.repeat(17 * 1024)}\r\n\r\n`);
  expect(await statusOf(socket)).toBe(431);
});

it('reads no more than 25 MB of a body that does not say how long it is', async () => {
  const socket = await open();
  const bytes = Buffer.alloc(26 * 1024 * 1024, 32);
  socket.write(`${withBody}transfer-encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n`);
  socket.write(bytes); // more is to come: an answer is due now
  expect(await statusOf(socket)).toBe(413);
});

it('holds no more than 64 MB of bodies at once; a small delivery is taken all the same', async () => {
  const bytes = Buffer.alloc(24 * 1024 * 1024, 32);
  const answers: Promise<number>[] = [];
  for (let count = 0; count < 4; count++) {
    const socket = await open();
    answers.push(statusOf(socket));
    socket.write(`${withBody}content-length: ${bytes.length + 1}\r\n\r\n`);
    socket.write(bytes); // one byte is missing: nobody is done
  }
  expect(await Promise.race(answers)).toBe(503);
  expect(await deliver()).toBe(202);
});
