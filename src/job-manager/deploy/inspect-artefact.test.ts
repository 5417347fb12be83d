import { appendFile, link, mkdir, mkdtemp, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inspectArtefact, whyNoRegularFile } from './inspect-artefact.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inspect-'));
  path = join(directory, 'p-1.tar.gz');
  await writeFile(join(directory, 'other'), 'other');
});
afterEach(() => rm(directory, { recursive: true }));

async function holes(): Promise<void> {
  await writeFile(path, 'x');
  await truncate(path, 100 * 1024 ** 3);
}

/** Of a file that becomes shorter and shorter. */
let length: number;

/** Writes without changing the length. */
async function writeAt(file: string, text: string, position: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(text, position).finally(() => handle.close());
}

it.each`
  what                           | make                                             | why
  ${'nothing'}                   | ${async () => undefined}                         | ${'is not in the job directory'}
  ${'a link'}                    | ${() => symlink(join(directory, 'other'), path)} | ${'is a symbolic link'}
  ${'a link to a device'}        | ${() => symlink('/dev/zero', path)}              | ${'is a symbolic link'}
  ${'a directory'}               | ${() => mkdir(path)}                             | ${'is not a regular file'}
  ${'a pipe'}                    | ${() => execa('mkfifo', [path])}                 | ${'is not a regular file'}
  ${'100 GB that are not there'} | ${holes}                                         | ${'consists of holes'}
`('$what $why', async ({ make, why }) => {
  await make();
  expect(await whyNoRegularFile(path)).toBe(why);
  expect(await inspectArtefact(path)).toEqual({ kind: 'unusable', why });
});

it('a device is not a regular file, and is not read', async () => {
  expect(await inspectArtefact('/dev/zero')).toEqual({ kind: 'unusable', why: 'is not a regular file' });
});

it('cannot tell a hard link from a file: the job could as well have copied what it can read', async () => {
  await link(join(directory, 'other'), path);
  expect(await inspectArtefact(path)).toMatchObject({ kind: 'artefact', size: 5 });
});

it.each`
  what                 | change
  ${'becomes longer'}  | ${() => appendFile(path, 'x')}
  ${'becomes shorter'} | ${() => truncate(path, --length)}
  ${'is written to'}   | ${() => writeAt(path, 'x', 0)}
`('$what while it is read: it is not what was read', async ({ change }) => {
  length = 64 * 1024 ** 2;
  await writeFile(path, 'y'.repeat(length));
  let isDone = false;
  const inspection = inspectArtefact(path).finally(() => {
    isDone = true;
  });
  while (!isDone) await change();
  expect(await inspection).toEqual({
    kind: 'unusable',
    why: 'changed while it was read: something still writes to it',
  });
});
