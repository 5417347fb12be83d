import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plantedDefects } from './planted-defects.ts';

const root = join(import.meta.dirname, '../..');
const document = (await readFile(join(root, 'docs/security.md'), 'utf8')).replaceAll("'", '’');

it.each(plantedDefects)('$threat: fits into the code', async ({ threat, file, right, wrong }) => {
  expect((await readFile(join(root, file), 'utf8')).split(right)).toHaveLength(2);
  expect(wrong).not.toBe(right);
  expect(document).toContain(`\n| ${threat.replaceAll("'", '’')}`);
});
