import { createServer } from 'node:net';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePorts } from '../../test/slurm/free-ports.ts';
import { Troubles } from '../daemon/troubles.ts';
import type { Health } from '../jobs/health-teller.ts';
import { Metrics } from './metrics.ts';
import { MetricsServer } from './metrics-server.ts';

const log = pino({ level: 'silent' });
const well: Health = { ok: true, storage: null, configurationProblems: [], failing: [] };

let health: () => Promise<Health>;
let troubles: Troubles;
let server: MetricsServer;
beforeEach(() => {
  health = async () => well;
  troubles = new Troubles(log);
  server = new MetricsServer({ metrics: new Metrics('job manager', '1.2.3'), health: () => health(), troubles, log });
});
afterEach(() => server.close());

async function freePlace() {
  const [port = 0] = await freePorts(1);
  return { address: '127.0.0.1', port };
}

const ask = ({ port }: { port: number }, path: string, headers = {}, method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers, method });

it('serves the metrics, of the process, too, in the format that every Prometheus reads', async () => {
  const place = await freePlace();
  await server.keep(place);
  const answer = await ask(place, '/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain('build_bot_info{daemon="job manager",version="1.2.3"} 1\n');
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

it.each`
  path                     | accept                | method    | ok       | status | text
  ${'/healthz'}            | ${'*/*'}              | ${'GET'}  | ${true}  | ${200} | ${/^ok\n$/}
  ${'/healthz'}            | ${'*/*'}              | ${'GET'}  | ${false} | ${503} | ${/^not ok:\n- storage: full\n$/}
  ${'/healthz'}            | ${'application/json'} | ${'GET'}  | ${false} | ${503} | ${/"storage": "full"/}
  ${'/'}                   | ${'*/*'}              | ${'GET'}  | ${true}  | ${404} | ${/there are \/metrics and \/healthz/}
  ${'/metrics'}            | ${'*/*'}              | ${'POST'} | ${true}  | ${405} | ${/only GET/}
  ${'/metrics?collect[]='} | ${'*/*'}              | ${'GET'}  | ${true}  | ${200} | ${/# HELP/}
`('$method $path, accepting $accept, ok: $ok: $status', async ({ path, accept, method, ok, status, text }) => {
  health = async () => (ok ? well : { ...well, ok, storage: 'full' });
  const place = await freePlace();
  await server.keep(place);
  const answer = await ask(place, path, { accept }, method);
  expect(answer.status).toBe(status);
  expect(await answer.text()).toMatch(text);
});

it('an address that this machine does not have is a trouble of the address', async () => {
  await server.keep({ address: '192.0.2.1', port: 9464 });
  const words = expect.stringMatching(
    /EADDRNOTAVAIL.*\); metrics_address has to be an address of this machine \(ip addr\)$/,
  );
  expect(troubles.open).toMatchObject([{ kind: 'metrics', words }]);
});

it('says so where it cannot be found out how it is', async () => {
  health = async () => {
    throw new Error('EIO');
  };
  const place = await freePlace();
  await server.keep(place);
  expect((await ask(place, '/healthz')).status).toBe(503);
});

it('follows the settings: to another port, and to none', async () => {
  const [first, second] = [await freePlace(), await freePlace()];
  await server.keep(first);
  await server.keep(second);
  await expect(ask(first, '/healthz')).rejects.toThrow();
  expect((await ask(second, '/healthz')).status).toBe(200);
  await server.keep(undefined);
  await expect(ask(second, '/healthz')).rejects.toThrow();
});

it('a port that is taken is a trouble until it is free', async () => {
  const place = await freePlace();
  const other = createServer().listen(place.port, place.address);
  await new Promise((listening) => other.once('listening', listening));
  await server.keep(place);
  const words = expect.stringMatching(
    /^cannot listen on 127\.0\.0\.1:\d+ \(.*EADDRINUSE.*\); choose another metrics_port$/,
  );
  expect(troubles.open).toMatchObject([{ kind: 'metrics', words }]);
  await new Promise((closed) => other.close(closed));
  await server.keep(place);
  expect(troubles.open).toEqual([]);
  expect((await ask(place, '/healthz')).status).toBe(200);
});
