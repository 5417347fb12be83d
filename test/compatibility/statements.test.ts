import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTestNames } from './read-test-names.ts';
import { notShownYet, readStatements } from './statements.ts';
import { compatibilityTable } from './write-table.ts';

const root = join(import.meta.dirname, '../..');
const statements = readStatements().flatMap((section) => section.statements);

it('every statement names a test that is there', async () => {
  const names = new Map<string, ReadonlySet<string>>();
  for (const file of new Set(statements.map((statement) => statement.file))) {
    names.set(file, await readTestNames(join(root, file)));
  }
  const lost = statements.filter(({ file, test }) => !names.get(file)?.has(test));
  expect(lost.map(({ id, file, test }) => `${id}: ${file} has no test called: ${test}`)).toEqual([]);
});

it('no statement is listed twice', () => {
  const ids = [...statements, ...notShownYet].map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

it('every deliberate difference and every case is listed', () => {
  const ids = [...statements, ...notShownYet].map(({ id }) => id);
  const wanted = [
    ...Array.from({ length: 40 }, (_, index) => `D${index + 1}`),
    ...['D7a', 'D7b', 'D10a', 'D10b', 'D15b', 'D15c', 'D15d', 'D15e', 'D20a', 'case 5a', 'case 5b'],
    ...Array.from({ length: 55 }, (_, index) => `case ${index + 1}`).filter((id) => id !== 'case 5'),
  ];
  expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
});

it('docs/compatibility.md is up to date: node test/compatibility/write-table.ts', async () => {
  expect(await readFile(join(root, 'docs/compatibility.md'), 'utf8')).toBe(compatibilityTable());
});
