import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../../outside/processes/run-program.ts';
import { runSetup } from './run-setup.ts';

// test/system/setup.test.ts has the way of an admin to whom nothing happens.

const registered = {
  ...{ id: 42, slug: 'second-bot', name: 'Second-bot', html_url: 'https://github.com/apps/second-bot' },
  ...{ pem: 'A PRIVATE KEY', webhook_secret: 'of-second' },
};
let directory: string;
let secrets: string;
let codesUsed: number;
let github: Server;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'run-setup-'));
  secrets = join(directory, 'secrets');
  await mkdir(secrets);
  codesUsed = 0;
  github = createServer((_request, response) => {
    codesUsed += 1;
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(registered));
  }).listen(0, '127.0.0.1');
  await once(github, 'listening');
});
afterEach(async () => {
  github.close();
  await rm(directory, { recursive: true });
});

const secret = (name: string) => join(secrets, name);
const texts = async () => {
  const names = (await readdir(secrets)).toSorted();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(secret(name), 'utf8')])));
};

/** Once, with a code. */
async function setup(secretsDirectory = secrets) {
  const said: string[] = [];
  const paths = { jobs: join(directory, 'jobs'), shared: join(directory, 'shared') };
  const others = { receive: 'pull', endpoint: '', bucket: 'b', organization: '', checks: 'no', units: 'no' };
  const outcome = await runSetup(
    { answers: { name: 'second', permission: 'me', ...paths, ...others }, code: '0123456789abcdef' },
    {
      root: join(import.meta.dirname, '../../..'),
      directory,
      secretsDirectory,
      apiUrl: `http://127.0.0.1:${(github.address() as AddressInfo).port}`,
      serverUrl: 'https://github.com',
      smeeServer: '',
      machine: 'x86_64',
      searchPath: '',
      runProgram,
      findProgram: async () => undefined,
      environment: {},
      listInstallations: async () => [{ id: 9, account: 'acme' }],
      say: (lines) => void said.push(...[lines].flat()),
      ask: undefined,
      pause: async () => {},
    },
  );
  return { outcome, said: said.join('\n') };
}

const app = { version: 1, id: 42, slug: 'second-bot', name: 'Second-bot', page: 'https://github.com/apps/second-bot' };
const kept = `${JSON.stringify(app, null, 2)}\n`;
const written = {
  'event_handler.env': 'GITHUB_APP_SECRET_TOKEN=of-second\n',
  'job_manager.env': '# AWS_ACCESS_KEY_ID=\n# AWS_SECRET_ACCESS_KEY=\n',
  'second.app.json': kept,
  'second.private-key.pem': 'A PRIVATE KEY',
};

it('keeps the App under the name that GitHub tells', async () => {
  const { outcome } = await setup();
  expect(outcome.kind).toBe('written');
  expect(await texts()).toEqual(written);
  expect(await readFile(join(directory, 'app.cfg'), 'utf8')).toContain('\napp_name = Second-bot\n');
});

it.each`
  what                        | name                        | text                                    | says
  ${'the secret of another'}  | ${'event_handler.env'}      | ${'GITHUB_APP_SECRET_TOKEN=of-first\n'} | ${/event_handler\.env is there already, .* belongs to another App; .* --secrets .*\/secrets\/second$/}
  ${'a proxy alone'}          | ${'event_handler.env'}      | ${'HTTPS_PROXY=http://proxy:3128\n'}    | ${/event_handler\.env is there already, and holds no App's secret; move it away, and add its lines to the file that setup writes, or keep .* --secrets/}
  ${'the key of another'}     | ${'second.private-key.pem'} | ${'ANOTHER'}                            | ${/second\.private-key\.pem is there already, .* move it away/}
  ${'an App of a later time'} | ${'second.app.json'}        | ${'{ "version": 2 }'}                   | ${/second\.app\.json is not as setup writes it; move it away/}
`('uses no code up where there is $what', async ({ name, text, says }) => {
  await writeFile(secret(name), text);
  await expect(setup()).rejects.toThrow(says);
  expect(codesUsed).toBe(0);
  expect(await texts()).toEqual({ [name]: text });
});

it('uses no code up where nothing can be kept', async () => {
  await writeFile(join(directory, 'file'), '');
  await expect(setup(join(directory, 'file/below'))).rejects.toThrow('ENOTDIR');
  expect(codesUsed).toBe(0);
});

const unwritten = { key: written['second.private-key.pem'], environment: written['event_handler.env'] };
const begun = { 'second.app.json': JSON.stringify({ ...app, unwritten }) };
it.each([
  ['just before the code was used up', { 'second.app.json': '' }, 1],
  ['before the key', begun, 0],
  ['before the secret', { ...begun, 'second.private-key.pem': unwritten.key }, 0],
  [
    'before both were noted',
    { ...begun, 'second.private-key.pem': unwritten.key, 'event_handler.env': unwritten.environment },
    0,
  ],
])('goes on where it was killed: %s', async (_when, found, codes) => {
  for (const [name, text] of Object.entries(found)) await writeFile(secret(name), text);
  const { outcome, said } = await setup();
  expect(outcome).toEqual({ kind: 'written', environmentFiles: ['event_handler.env', 'job_manager.env'].map(secret) });
  expect(said).toContain('Registered: the App second-bot, number 42.');
  expect(await texts()).toEqual(written);
  expect(codesUsed).toBe(codes);
});

it('loses nothing where a file came in between', async () => {
  for (const [name, text] of Object.entries({ ...begun, 'event_handler.env': 'X=1\n' }))
    await writeFile(secret(name), text);
  await expect(setup()).rejects.toThrow(/event_handler\.env is there already, .* run setup again/);
  await rm(secret('event_handler.env'));
  await setup();
  expect(await texts()).toEqual(written);
});
