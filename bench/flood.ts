import { fork } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type HostileClients, hostileClients } from '../test/system/hostile-clients.ts';
import { ScriptedSlurm } from '../test/system/scripted-slurm.ts';
import { makeSite, webhookSecret } from '../test/system/site.ts';

// Measures what docs/security.md says of a flood: hostile clients at the door of the real event handler, while somebody honest delivers.

const [seconds = 600, count = 10_000, backAfterSeconds = 5] = process.argv.slice(2).map(Number);

async function main(): Promise<boolean> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-flood-')));
  const slurm = await ScriptedSlurm.make(directory);
  const site = await makeSite({ slurm: slurm.environment });
  try {
    const handler = await site.startEventHandler();
    const port = Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(handler.output())?.[1]);
    const log = join(site.directory, 'event_handler.log');
    const before = { log: (await stat(log)).size, memory: await megabytes(handler.process.pid) };
    // A process of their own: what they take to run is not what an honest client waits for.
    const hostile = fork(new URL(import.meta.url), process.argv.slice(2), {
      env: { ...process.env, FLOOD_PORT: String(port) },
    });
    await once(hostile, 'spawn');
    setPriority(hostile.pid ?? 0, 10); // they would be on other machines
    const cpuBefore = await cpuSeconds(handler.process.pid);
    const begin = performance.now();
    const waits: number[] = [];
    const slowest: { milliseconds: number; at: string }[] = [];
    let memory = 0;
    let refused = 0;
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const { status, milliseconds } = await deliver(port);
      waits.push(milliseconds);
      slowest.push({ milliseconds, at: `at ${((performance.now() - begin) / 1000).toFixed(0)} s` });
      if (status !== 202) refused++;
      memory = Math.max(memory, await megabytes(handler.process.pid));
      await pause(250);
    }
    const took = (performance.now() - begin) / 1000;
    const cpu = {
      handler: (await cpuSeconds(handler.process.pid)) - cpuBefore,
      hostile: await cpuSeconds(hostile.pid),
    };
    hostile.send('stop');
    const [{ open, connections }] = (await once(hostile, 'message')) as [
      Pick<HostileClients, 'connections'> & { open: number },
    ];
    const made = Object.values(connections).reduce((sum, each) => sum + each, 0);
    const grown = ((await stat(log)).size - before.log) / 1e6;
    const sorted = waits.toSorted((a, b) => a - b);
    const longest = sorted.at(-1) ?? 0;
    console.log(
      `${count} hostile clients for ${seconds} s, each back after ${backAfterSeconds} s, ${open} with a connection at the end; connections made:`,
    );
    for (const [kind, made] of Object.entries(connections)) console.log(`  ${made} by one that ${kind}`);
    console.log(`memory of the event handler: ${before.memory} MB before, ${memory} MB at most (resident)`);
    console.log(
      `${waits.length} honest deliveries, ${refused} not accepted: median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms, longest ${longest.toFixed(0)} ms`,
    );
    const five = slowest.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 5);
    console.log(`the slowest: ${five.map(({ milliseconds, at }) => `${milliseconds.toFixed(0)} ms ${at}`).join(', ')}`);
    console.log(
      `${made} connections, ${(made / took).toFixed(0)} a second; of a core the event handler had ${percent(cpu.handler / took)}, ${((cpu.handler / made) * 1e6).toFixed(0)} µs a connection, and the hostile clients ${percent(cpu.hostile / took)}`,
    );
    console.log(`the log grew by ${grown.toFixed(3)} MB`);
    return memory < 300 && refused === 0 && longest < 1000 && grown < 1;
  } finally {
    await site.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A delivery of 25 KB that nothing handles, over a connection of its own, from POST to the answer. Status 0: the connection was closed. */
function deliver(port: number): Promise<{ status: number; milliseconds: number }> {
  const body = JSON.stringify({ zen: 'x'.repeat(25_000), id: randomUUID() });
  const signature = `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`;
  const headers = { 'x-github-event': 'ping', 'x-github-delivery': randomUUID(), 'x-hub-signature-256': signature };
  const begin = performance.now();
  return new Promise((resolve) => {
    const answered = (status: number) => resolve({ status, milliseconds: performance.now() - begin });
    const delivery = request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => answered(response.statusCode ?? 0));
    });
    delivery.on('error', () => answered(0));
    delivery.setTimeout(10_000, () => delivery.destroy());
    delivery.end(body);
  });
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

/** User and system, in hundredths of a second (USER_HZ). */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function megabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

function playHostile(port: number): void {
  const hostile = hostileClients(port, count, {
    addresses: 8,
    within: backAfterSeconds * 1000,
    backAfter: backAfterSeconds * 1000,
  });
  process.once('message', () => {
    process.send?.({ open: hostile.open(), connections: hostile.connections });
    hostile.stop();
    process.disconnect();
  });
}

const port = process.env['FLOOD_PORT'];
if (port === undefined) process.exit((await main()) ? 0 : 1);
else playHostile(Number(port));
