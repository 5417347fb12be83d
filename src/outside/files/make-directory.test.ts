import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectory } from './durable-files.ts';

it('makes those above it, and again nothing', async () => {
  const root = await mkdtemp(join(tmpdir(), 'make-directory-'));
  try {
    for (let times = 0; times < 2; times++) await makeDirectory(join(root, 'a/b/c'), 0o700);
    expect((await stat(join(root, 'a/b/c'))).mode & 0o777).toBe(0o700);
  } finally {
    await rm(root, { recursive: true });
  }
});

it('ends where a file system says that there is no place though there is', async () => {
  await expect(makeDirectory('/proc/none/there')).rejects.toThrow('ENOENT');
});
