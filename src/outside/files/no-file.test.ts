import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setDamagedAside, writeDurably } from './durable-files.ts';
import { readTextIfThere } from './read-text-if-there.ts';

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

const fullFile = () => writeFile(path, 'x');

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

it.each`
  before           | then             | leaves
  ${fullDirectory} | ${fullDirectory} | ${3}
  ${fullFile}      | ${fullDirectory} | ${3}
  ${fullDirectory} | ${fullFile}      | ${3}
  ${fullFile}      | ${fullFile}      | ${2}
`(
  'what made way before keeps nothing from making way: $before.name, then $then.name',
  async ({ before, then, leaves }) => {
    for (const make of [before, then]) {
      await make();
      await setDamagedAside(path);
    }
    await writeDurably(path, 'ours');
    const names = await readdir(directory);
    expect(names.slice(0, 2)).toEqual(['file.json', 'file.json.damaged']);
    expect(names).toHaveLength(leaves);
  },
);
