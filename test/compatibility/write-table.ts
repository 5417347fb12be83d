import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { notShownYet, readStatements } from './statements.ts';

const introduction = `# Compatibility

This bot takes the place of the Python bot, versions 0.6 to 0.12: stop that one, start this one in the same directory with the same \`app.cfg\`.

**What stays as it was.** The files that you wrote (\`app.cfg\`, \`repos.cfg\`), the directories of jobs and the links to them, everything that jobs and
their build scripts read and write, how Slurm and the upload script are called, what comments look like, what the ingestion finds in the bucket. Other
instances on the same pull requests, older ones too, read our comments as we read theirs. Jobs that the Python bot submitted are followed to their end; and
if you go back, the Python bot finds everything where it looks.

**Where it differs** is listed below under *Deliberate differences*: each is a defect that is gone, or something that is told now and was not. The
ones that you may notice first: nothing is given to a shell any more, so \`;\`, \`|\` and \`$(…)\` in commands are errors, named at start-up; variables in
paths are expanded; an empty \`build_permission\` means everyone who may send commands; a mistake in \`app.cfg\` is found at start-up and not when it is used.

*Generation 6*, *7-8*, *9* are the settings and comments of the Python bot 0.6, of 0.7 and 0.8, of 0.9 and later. Each statement below is shown by the test that its
line names (for a test with a table: by the row of that name). The list is kept in \`test/compatibility/statements.txt\`; this page is written by
\`node test/compatibility/write-table.ts\`, and \`npm run check\` fails if it is out of date, or if a test that it names is gone.
`;

/** The text of docs/compatibility.md; run as a program, this file writes it. */
export function compatibilityTable(): string {
  const tables = readStatements().map(({ title, statements }) => {
    const rows = statements.map(({ id, says, file, test }) => `| ${[id, says, file, test].map(cell).join(' | ')} |`);
    return `## ${title}\n\n| | statement | test file | test |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return [introduction, ...tables, missing()].filter((part) => part !== '').join('\n');
}

function missing(): string {
  if (notShownYet.length === 0) return '';
  return `## Not shown by a test yet\n\n${notShownYet.map(({ id, says }) => `- ${id}: ${says}`).join('\n')}\n`;
}

/** A cell stays one cell, and shows its text as it is but for `code`. */
function cell(text: string): string {
  return text.replaceAll(/[\\|<*~]|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`);
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(import.meta.dirname, '../../docs/compatibility.md'), compatibilityTable());
}
