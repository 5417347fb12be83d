import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listTree } from './list-tree.ts';

let top: string;
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'tree-'));
});
afterEach(() => rm(top, { recursive: true }));

it('names everything, and why it passes over what cannot be read', async () => {
  await mkdir(join(top, 'eessi.io'));
  await writeFile(join(top, 'eessi.io/key.pub'), '');
  await writeFile(join(top, 'repos.cfg'), '');
  await symlink('repos.cfg', join(top, 'link'));
  await symlink('user@login1.4711:1700000000', join(top, '.#repos.cfg'));
  await symlink('self', join(top, 'self'));
  await symlink('..', join(top, 'eessi.io/up'));
  await execa('mkfifo', [join(top, 'pipe')]);
  const server = createServer().listen(join(top, 'socket'));
  await once(server, 'listening');
  expect(await listTree(top)).toEqual([
    { path: '.#repos.cfg', kind: { passedOver: 'is a link to nothing' } },
    { path: 'eessi.io', kind: 'directory' },
    { path: 'eessi.io/key.pub', kind: 'file' },
    { path: 'eessi.io/up', kind: { passedOver: 'leads back to a directory that it lies in' } },
    { path: 'link', kind: 'file' },
    { path: 'pipe', kind: { passedOver: 'is a pipe' } },
    { path: 'repos.cfg', kind: 'file' },
    { path: 'self', kind: { passedOver: 'is a link that leads to itself' } },
    { path: 'socket', kind: { passedOver: 'is a socket' } },
  ]);
  server.close();
});

it('tells where there is no such directory', async () => {
  await expect(listTree(join(top, 'nothing'))).rejects.toThrow(/ENOENT/);
});
