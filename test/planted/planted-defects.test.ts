import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { notPlanted, plantedDefects } from './planted-defects.ts';

const root = join(import.meta.dirname, '../..');
const document = (await readFile(join(root, 'docs/security.md'), 'utf8')).replaceAll("'", '’');

it.each(plantedDefects)('$threat: fits into the code', async ({ threat, file, right, wrong }) => {
  expect((await readFile(join(root, file), 'utf8')).split(right)).toHaveLength(2);
  expect(wrong).not.toBe(right);
  expect(document).toContain(`\n| ${threat.replaceAll("'", '’')}`);
});

it('each threat of the document has a planted defect, or a reason why there is none', () => {
  const threats = document
    .split('| threat | what protects | test |')
    .slice(1)
    .flatMap((table) => (table.split('\n\n')[0] ?? '').split('\n'))
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  const known = [...plantedDefects.map(({ threat }) => threat), ...Object.keys(notPlanted)];
  expect(threats.length).toBeGreaterThan(60);
  expect(threats.filter((line) => !known.some((threat) => line.startsWith(`| ${threat}`)))).toEqual([]);
});
