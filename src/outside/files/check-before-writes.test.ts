import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendLineDurably } from './append-line.ts';
import { checkBeforeWrites } from './check-before-writes.ts';
import { createDurably, linkDurably, moveDurably, removeDurably, writeDurably } from './durable-files.ts';

let directory: string;
const path = (name: string) => join(directory, name);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'check-before-writes-'));
  await writeFile(path('there'), 'old\n');
});
afterEach(async () => {
  checkBeforeWrites(async () => {});
  await rm(directory, { recursive: true, force: true });
});

it.each<[string, () => Promise<unknown>]>([
  ['writeDurably', () => writeDurably(path('there'), 'new')],
  ['createDurably', () => createDurably(path('other'), 'new')],
  ['appendLineDurably', () => appendLineDurably(path('there'), 'new')],
  ['linkDurably', () => linkDurably('anywhere', path('other'))],
  ['moveDurably', () => moveDurably(path('there'), path('other'))],
  ['removeDurably', () => removeDurably(path('there'))],
])('%s changes nothing where the check fails', async (_name, act) => {
  checkBeforeWrites(async () => {
    throw new Error('not ours any more');
  });
  await expect(act()).rejects.toThrow('not ours any more');
  expect([await readdir(directory), await readFile(path('there'), 'utf8')]).toEqual([['there'], 'old\n']);
});

it('asks again when the content is on the disk and about to be seen: writing it may have taken long', async () => {
  let asked = 0;
  checkBeforeWrites(async () => {
    if (++asked === 2) throw new Error('not ours any more');
  });
  await expect(writeDurably(path('there'), 'new')).rejects.toThrow('not ours any more');
  expect([await readdir(directory), await readFile(path('there'), 'utf8')]).toEqual([['there'], 'old\n']);
});

it('cuts no line off that somebody else has written behind its own', async () => {
  let asked = 0;
  checkBeforeWrites(async () => {
    if (++asked === 1) return;
    if (asked === 2) await appendFile(path('there'), 'of somebody else\n');
    throw new Error('not ours any more');
  });
  await expect(appendLineDurably(path('there'), 'new')).rejects.toThrow('not ours any more');
  expect(await readFile(path('there'), 'utf8')).toBe('old\nof somebody else\n');
});

it('makes no file to append to where the check fails', async () => {
  checkBeforeWrites(async () => {
    throw new Error('not ours any more');
  });
  await expect(appendLineDurably(path('other'), 'new')).rejects.toThrow('not ours any more');
  expect(await readdir(directory)).toEqual(['there']);
});

it('those that wait together share a check, which begins after all of them have asked', async () => {
  const running: (() => void)[] = [];
  checkBeforeWrites(() => new Promise((resolve) => running.push(resolve)));
  const first = linkDurably('anywhere', path('first'));
  await expect.poll(() => running.length).toBe(1);
  const others = ['a', 'b', 'c'].map((name) => linkDurably('anywhere', path(name)));
  running[0]?.();
  await first;
  await expect.poll(() => running.length).toBe(2);
  expect(await readdir(directory)).toEqual(['first', 'there']);
  running[1]?.();
  await Promise.all(others);
  expect(running).toHaveLength(2);
});
