import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTextIfThere, writeDurably } from './durable-files.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'no-file-'));
  path = join(directory, 'file.json');
});
afterEach(() => rm(directory, { recursive: true }));

const fullDirectory = async () => {
  await mkdir(path);
  await writeFile(join(path, 'of-a-job'), 'x');
};

it.each`
  what                           | make                                         | leaves
  ${'a directory'}               | ${fullDirectory}                             | ${['file.json', 'file.json.damaged']}
  ${'a pipe, which nobody ends'} | ${() => void execFileSync('mkfifo', [path])} | ${['file.json']}
  ${'a link to itself'}          | ${() => symlink('file.json', path)}          | ${['file.json']}
  ${'a link to nothing'}         | ${() => symlink('nothing', path)}            | ${['file.json']}
  ${'a file'}                    | ${() => writeFile(path, '')}                 | ${['file.json']}
`('$what is read as an empty file, or none, and makes way for one that is written', async ({ make, leaves }) => {
  await make();
  expect((await readTextIfThere(path)) ?? '').toBe('');
  await writeDurably(path, 'ours');
  expect([await readFile(path, 'utf8'), await readdir(directory)]).toEqual(['ours', leaves]);
});

it('says why where another directory made way before', async () => {
  await fullDirectory();
  await writeDurably(path, 'ours');
  await rm(path);
  await fullDirectory();
  await expect(writeDurably(path, 'ours')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(directory)).toEqual(['file.json', 'file.json.damaged']);
});
