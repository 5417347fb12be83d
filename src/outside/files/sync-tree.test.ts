import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { syncTree } from './sync-tree.ts';

// That bytes and names are on the disk then, the simulator shows.

let top: string;
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'sync-tree-'));
});
afterEach(() => rm(top, { recursive: true }));

it('syncs a tree, and follows no link out of it', async () => {
  await mkdir(join(top, 'a/b'), { recursive: true });
  await writeFile(join(top, 'a/b/file'), 'text', { mode: 0o444 });
  await symlink('/there/is/nothing', join(top, 'a/link'));
  await symlink('/', join(top, 'root'));
  expect(await syncTree(top)).toBe('synced');
});

it('leaves a large one to whoever can sync the whole file system', async () => {
  for (let index = 0; index < 500; index++) await writeFile(join(top, String(index)), '');
  expect(await syncTree(top)).toBe('too large');
});

it('says what could not be synced', async () => {
  await expect(syncTree(join(top, 'gone'))).rejects.toThrow('ENOENT');
});
