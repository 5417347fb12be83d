import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { machineClock } from '../../daemon/clock.ts';
import { GitHubTime } from '../../outside/github/github-time.ts';
import { Inbox } from './inbox.ts';
import { webhookServer } from './webhook-server.ts';

let stateDir: string;
let server: Server;
let sockets: Socket[];
const secret = 'secret';

beforeEach(async () => {
  sockets = [];
  stateDir = await mkdtemp(join(tmpdir(), 'limits-'));
  server = webhookServer({
    inbox: await Inbox.open(stateDir),
    secrets: { current: secret },
    githubTime: new GitHubTime(machineClock, { take: () => {} }),
    allowSha1: () => false,
    installationId: () => 7,
    health: async () => ({ ok: true }),
    log: pino({ level: 'silent' }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
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
const statusOf = async (socket: Socket) => Number(String((await once(socket, 'data'))[0]).split(' ')[1]);

it('takes a delivery while 900 others never finish their headers', async () => {
  const slow = await Promise.all(Array.from({ length: 900 }, open));
  for (const socket of slow) socket.write(begin);
  expect(await deliver()).toBe(202);
});

it('waits for nobody for ever, and holds no more than 1,000 connections', () => {
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 60_000, maxConnections: 1_000 });
});

it('reads no more than 16 KB of headers', async () => {
  const socket = await open();
  socket.write(`${begin}x: ${'y'.repeat(17 * 1024)}\r\n\r\n`);
  expect(await statusOf(socket)).toBe(431);
});

it('reads no more than 25 MB of a body that does not say how long it is', async () => {
  const socket = await open();
  const bytes = Buffer.alloc(26 * 1024 * 1024, 32);
  socket.write(`${begin}transfer-encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n`);
  socket.write(bytes); // more is to come: an answer is due now
  expect(await statusOf(socket)).toBe(413);
});

it('holds no more than eight of the largest bodies at once, and goes on when they are gone', async () => {
  const bytes = Buffer.alloc(24 * 1024 * 1024, 32);
  const answers: Promise<number>[] = [];
  for (let count = 0; count < 9; count++) {
    const socket = await open();
    answers.push(statusOf(socket));
    socket.write(`${begin}content-length: ${bytes.length + 1}\r\n\r\n`);
    socket.write(bytes); // one byte is missing: nobody is done
  }
  expect(await Promise.race(answers)).toBe(503);
  for (const socket of sockets) socket.destroy();
  await expect.poll(deliver).toBeLessThan(300);
});
