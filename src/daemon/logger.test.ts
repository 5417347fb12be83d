import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';

// A process of its own: a signal is what is tested.
const program = `
  const { openLog } = await import(${JSON.stringify(join(import.meta.dirname, 'logger.ts'))});
  const [path, format] = process.argv.slice(1);
  const log = openLog(path, { name: 'event-handler', debug: false, format });
  const { createInterface } = await import('node:readline');
  process.on('SIGHUP', () => console.log('heard SIGHUP'));
  for await (const line of createInterface({ input: process.stdin })) {
    log.info({ delivery: 'd1', headers: { authorization: 'secret' } }, line);
    console.log('logged');
  }
`;

let directory: string;
let child: ChildProcess;
let lines: AsyncIterator<string>;
let stdout: Interface;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'logger-'));
  path = join(directory, 'logs/event_handler.log');
});
afterEach(async () => {
  stdout.close();
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await rm(directory, { recursive: true, force: true });
});

function start(format: 'json' | 'text'): void {
  child = spawn(process.execPath, ['--input-type=module', '-e', program, path, format], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if (child.stdout === null) throw new Error('no standard output');
  stdout = createInterface({ input: child.stdout });
  lines = stdout[Symbol.asyncIterator]();
}

async function log(sentence: string): Promise<void> {
  child.stdin?.write(`${sentence}\n`);
  expect((await lines.next()).value).toBe('logged');
}

async function hangUp(): Promise<void> {
  child.kill('SIGHUP');
  expect((await lines.next()).value).toBe('heard SIGHUP');
}

const sentences = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg as string);

it('SIGHUP opens the file anew, and ends nothing: what logrotate moved away gets no more lines', async () => {
  start('json');
  await log('before');
  await rename(path, `${path}.1`);
  await log('moved, not told yet');
  await hangUp();
  await log('after');
  expect(await sentences(`${path}.1`)).toEqual(['before', 'moved, not told yet']);
  expect(await sentences(path)).toEqual(['after']);
});

it('goes on with the old file where the new one cannot be opened', async () => {
  start('json');
  await log('before');
  await rename(join(directory, 'logs'), join(directory, 'moved'));
  await writeFile(join(directory, 'logs'), 'in the way');
  await hangUp();
  await log('after');
  expect(await sentences(join(directory, 'moved/event_handler.log'))).toEqual(['before', 'after']);
  await rm(join(directory, 'logs'));
  await mkdir(join(directory, 'logs'));
  await hangUp();
  await log('there again');
  expect(await sentences(path)).toEqual(['there again']);
});

it('writes the form of the Python bot’s, without secrets', async () => {
  start('text');
  await log('received');
  expect(await readFile(path, 'utf8')).toMatch(
    /^\[\d{8}-T\d\d:\d\d:\d\d\] received delivery=d1 headers=\{"authorization":"\(secret\)"\}\n$/,
  );
});
