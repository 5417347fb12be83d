import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { startOfProcess } from '../../daemon/lease-file.ts';

const proxy = 'http://127.0.0.1:1'; // nobody listens
const program = `
import { lookAtPort } from ${JSON.stringify(join(import.meta.dirname, 'look-at-webhook.ts'))};
const [, stateDir, port] = process.argv;
console.log(JSON.stringify(await lookAtPort(stateDir, '127.0.0.1', Number(port))));
`;

it.each`
  what                      | environment                                                              | answer                        | verdict
  ${'where a proxy is set'} | ${{ NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, NO_PROXY: 'x.example' }} | ${'{"ok":true,"failing":[]}'} | ${'ok'}
  ${'or something else'}    | ${{}}                                                                    | ${'[7]'}                      | ${'not looked at'}
`('looks whether the event handler listens, $what', async ({ environment, answer, verdict }) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'look-at-port-'));
  onTestFinished(() => rm(stateDir, { recursive: true }));
  const holder = { host: hostname(), pid: process.pid, processStart: await startOfProcess(process.pid) };
  const lease = { version: 1, number: 1, token: 'x', ...holder, since: new Date().toISOString() };
  await mkdir(join(stateDir, 'locks'));
  await writeFile(join(stateDir, 'locks/event handler.1.lease'), JSON.stringify(lease));
  const server = createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Node reads these variables when it starts.
  const { stdout } = await execa(
    process.execPath,
    ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', program, stateDir, String(port)],
    { env: environment },
  );
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'webhook/port', verdict }]);
});
