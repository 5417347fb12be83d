import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pruneTemporary, pruneTemporaryBelow } from './prune-temporary.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'prune-temporary-'));
});
afterEach(() => rm(root, { recursive: true }));

const now = new Date('2026-03-10T12:00:00Z');
async function file(path: string, minutes: number): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), '');
  const then = new Date(now.getTime() - minutes * 60_000);
  await utimes(join(root, path), then, then);
}

it.each`
  name                  | minutes | stays
  ${'.9.json.a1b2.tmp'} | ${61}   | ${false}
  ${'.9.json.a1b2.tmp'} | ${59}   | ${true}
  ${'9.json'}           | ${61}   | ${true}
  ${'.probe'}           | ${61}   | ${true}
  ${'9.tmp'}            | ${61}   | ${true}
`('$name, written $minutes minutes ago, stays: $stays', async ({ name, minutes, stays }) => {
  await file(name, minutes);
  await pruneTemporary(root, now);
  expect(await readdir(root)).toEqual(stays ? [name] : []);
});

it('looks as deep as it is told, and passes over what is no directory, or not there', async () => {
  for (const path of ['pulls/o/r/.9.json.a.tmp', 'pulls/o/r/9.json', 'pulls/.x.tmp', 'pulls/o/.x.tmp'])
    await file(path, 61);
  for (const directory of ['pulls', 'none']) await pruneTemporaryBelow(join(root, directory), 2, now);
  expect((await readdir(root, { recursive: true })).sort()).toEqual(
    ['pulls', 'pulls/.x.tmp', 'pulls/o', 'pulls/o/.x.tmp', 'pulls/o/r', 'pulls/o/r/9.json'].sort(),
  );
});
