import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defects } from './defects.ts';
import { leaseDefects } from './lease-defects.ts';

const root = join(import.meta.dirname, '../..');

// Whether each is found takes minutes, and is in test/system/simulator.test.ts.
it.each([...defects, ...leaseDefects])('$name: fits into the code', async ({ file, right, wrong }) => {
  expect((await readFile(join(root, file), 'utf8')).split(right)).toHaveLength(2);
  expect(wrong).not.toBe(right);
});
