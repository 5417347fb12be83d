import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { hostileClients, kinds } from './hostile-clients.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// Anybody may connect where the port is open, and be slow.

let directory: string;
let story: CasesSite;
let sockets: Socket[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'security-slow-clients-'));
  sockets = [];
  const slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({ slurm: slurm.environment });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await story.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function listeningPort(): Promise<number> {
  const lines = (await story.text('event_handler.log')).split('\n');
  const { port } = JSON.parse(lines.find((line) => line.includes('"listening"')) ?? '{}') as { port: number };
  return port;
}

/** A client that sends this much and then waits; `answer`: what came back until it was let go. */
async function client(port: number, sent: string): Promise<{ answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let answer = '';
  socket.on('data', (part) => {
    answer += String(part);
  });
  socket.on('error', () => {}); // let go of in the midst of it
  const gone = Promise.withResolvers<string>();
  socket.on('close', () => gone.resolve(answer));
  await once(socket, 'connect');
  socket.write(sent);
  return { answer: gone.promise };
}

it('1,000 clients that say nothing, or only begin, are let go, and then commands are answered as ever', async () => {
  await story.site.startEventHandler();
  await story.openPullRequest();
  const port = await listeningPort();
  const begun = [
    '',
    'POST / HTTP/1.1\r\n',
    'POST / HTTP/1.1\r\nhost: x\r\nx-github-event: ',
    'GET /health HTTP/1.1\r\nhost: ',
  ];
  const clients = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => client(port, begun[index % begun.length] ?? '')),
  );
  const oneMore = await client(port, 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await oneMore.answer).toMatch(/^HTTP\/1.1 (200|503) /);
  await expectAnAnswer();
  await Promise.all(clients.map(({ answer }) => answer));
});

it('while 1,500 clients of five kinds come again and again, commands are answered, and memory and log stay small', async () => {
  const handler = await story.site.startEventHandler();
  await story.openPullRequest();
  const logBefore = (await story.text('event_handler.log')).length;
  const hostile = hostileClients(await listeningPort(), 1_500, { addresses: 2 });
  try {
    const each = kinds.map(({ name }) => [name, expect.any(Number)]);
    await expect.poll(() => hostile.connections).toEqual(Object.fromEntries(each));
    await expectAnAnswer();
    const status = await readFile(`/proc/${handler.process.pid}/status`, 'utf8');
    expect(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1])).toBeLessThan(300 * 1024); // the most it ever was
    expect((await story.text('event_handler.log')).length - logBefore).toBeLessThan(100_000);
  } finally {
    hostile.stop();
  }
});

async function expectAnAnswer(): Promise<void> {
  const { delivery, comments } = await story.comment('bot: help');
  expect(delivery.status).toBe(202);
  expect(comments).toHaveLength(1);
}
