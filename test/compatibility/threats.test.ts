import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTestNames } from './read-test-names.ts';

// docs/security.md: each threat names tests, as `FILE`: words of a title or of a row, words of another; `FILE`: …

const root = join(import.meta.dirname, '../..');

/** The rows of the tables of threats: threat, and the cell that names its tests. */
function threatsIn(text: string): readonly { threat: string; tests: string }[] {
  const tables = text.split('| threat | what protects | test |').slice(1);
  return tables.flatMap((table) => {
    const [lines = ''] = table.split('\n\n');
    const rows = lines.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
    return rows.map((row) => {
      const cells = row.split(' | ');
      return {
        threat: (cells[0] ?? '').slice(2),
        tests: cells.length === 3 ? (cells[2] ?? '').replace(/ \|$/, '') : '',
      };
    });
  });
}

/** Files of tests, each with the words by which its tests are named. */
function namedIn(cell: string): readonly { file: string; words: readonly string[] }[] {
  return Array.from(
    cell.matchAll(/`([\w./-]+\.test\.ts)`(?: \([^)]*\))?(?:: ([^`]*))?/g),
    ([, file = '', words = '']) => ({
      file,
      words: words.split(/[,;] /).flatMap((each) => each.replace(/[,;]$/, '').trim() || []),
    }),
  );
}

it('every threat of docs/security.md names a test that is there', async () => {
  const files = (
    await Promise.all(
      ['src', 'test', 'stand-ins'].map((part) =>
        readdir(join(root, part), { recursive: true }).then((names) => names.map((name) => join(part, name))),
      ),
    )
  ).flat();
  const problems: string[] = [];
  const threats = threatsIn(await readFile(join(root, 'docs/security.md'), 'utf8'));
  expect(threats.length).toBeGreaterThan(40);
  for (const { threat, tests } of threats) {
    const named = namedIn(tests);
    if (named.length === 0) problems.push(`${threat}: no test is named`);
    for (const { file, words } of named) {
      const [path, ...others] = files.filter((each) => `/${each}`.endsWith(`/${file}`));
      if (path === undefined || others.length > 0) problems.push(`${threat}: there is not one ${file}`);
      if (path === undefined) continue;
      const names = [...(await readTestNames(join(root, path)))].map((name) => name.toLowerCase());
      const lost = words.filter((each) => !names.some((name) => name.includes(each.toLowerCase())));
      problems.push(...lost.map((each) => `${threat}: ${path} has no test called: ${each}`));
    }
  }
  expect(problems).toEqual([]);
});
