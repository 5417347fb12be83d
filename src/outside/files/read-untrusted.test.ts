import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readUntrusted } from './read-untrusted.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-untrusted-'));
  path = join(directory, '_bot_job7.result');
});
afterEach(() => rm(directory, { recursive: true }));

async function sparse(): Promise<void> {
  await writeFile(path, '');
  await truncate(path, 100 * 1024 ** 3);
}

it.each`
  what             | make                                  | expected
  ${'a file'}      | ${() => writeFile(path, 'text')}      | ${{ kind: 'text', text: 'text' }}
  ${'nothing'}     | ${async () => undefined}              | ${{ kind: 'missing' }}
  ${'a link'}      | ${() => symlink('/etc/passwd', path)} | ${{ kind: 'unusable', why: 'is a symbolic link' }}
  ${'a device'}    | ${() => symlink('/dev/zero', path)}   | ${{ kind: 'unusable', why: 'is a symbolic link' }}
  ${'a directory'} | ${() => mkdir(path)}                  | ${{ kind: 'unusable', why: 'is not a regular file' }}
  ${'a pipe'}      | ${() => execa('mkfifo', [path])}      | ${{ kind: 'unusable', why: 'is not a regular file' }}
  ${'100 GB'}      | ${sparse}                             | ${{ kind: 'unusable', why: 'is larger than 1048576 bytes' }}
`('$what: $expected.kind', async ({ make, expected }) => {
  await make();
  expect(await readUntrusted(path)).toEqual(expected);
});

it('a device itself is not read', async () => {
  expect(await readUntrusted('/dev/zero')).toEqual({ kind: 'unusable', why: 'is not a regular file' });
});
