import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendLineUntrusted } from './append-line.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'append-line-untrusted-'));
  path = join(directory, 'uploaded.txt');
  await writeFile(join(directory, 'other'), 'other\n');
});
afterEach(() => rm(directory, { recursive: true }));

it('adds a line to a file, and makes one', async () => {
  await appendLineUntrusted(path, 'one');
  await appendLineUntrusted(path, 'two');
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

it.each`
  what                          | make                                             | why
  ${'a link'}                   | ${() => symlink(join(directory, 'other'), path)} | ${'ELOOP'}
  ${'a link to nothing'}        | ${() => symlink(join(directory, 'new'), path)}   | ${'ELOOP'}
  ${'a directory'}              | ${() => mkdir(path)}                             | ${'EISDIR'}
  ${'a pipe that nobody reads'} | ${() => execa('mkfifo', [path])}                 | ${'ENXIO'}
`('$what is not written to', async ({ make, why }) => {
  await make();
  await expect(appendLineUntrusted(path, 'line')).rejects.toThrow(why);
  expect(await readFile(join(directory, 'other'), 'utf8')).toBe('other\n');
  await expect(readFile(join(directory, 'new'))).rejects.toThrow('ENOENT');
});

it('a device is not written to', async () => {
  await expect(appendLineUntrusted('/dev/null', 'line')).rejects.toThrow('/dev/null is not a regular file');
});
