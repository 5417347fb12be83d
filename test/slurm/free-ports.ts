import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';

/** Below the ports that the kernel gives to outgoing connections, above those that fetch refuses. */
const range = { first: 11_000, size: 2_000 };
/** Each worker of a test run has a range of its own: a port is free until it is listened on, and another worker would be given it, too. */
const begin = range.first + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 10) * range.size;
/** By chance, for several runs on one machine; then in order, so that no port is given twice. */
let given = Math.floor(Math.random() * range.size);

/** Ports of 127.0.0.1 that nobody uses. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = begin + (given++ % range.size);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
