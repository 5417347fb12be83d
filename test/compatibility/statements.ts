import { readFileSync } from 'node:fs';

/** What must stay as it was, and the test that shows it. */
export interface Statement {
  readonly id: string;
  /** In short words. */
  readonly says: string;
  /** Test file. */
  readonly file: string;
  /** Title of the test, or of its row, as it is written in the source. */
  readonly test: string;
}

export interface Section {
  readonly title: string;
  readonly statements: readonly Statement[];
}

/** All statements, in the order of `statements.txt`: a line each, `id | statement | test file | test`, below `## title`. */
export function readStatements(): readonly Section[] {
  const text = readFileSync(new URL('statements.txt', import.meta.url), 'utf8');
  return text.split(/^## /m).flatMap((part) => {
    const [title = '', ...lines] = part.split('\n');
    return title === '' ? [] : [{ title, statements: lines.filter((line) => line !== '').map(parseStatement) }];
  });
}

/** Only the last field may hold ` | `. */
function parseStatement(line: string): Statement {
  const [, id, says, file, test] = /^(.+?) \| (.+?) \| (.+?) \| (.+)$/.exec(line) ?? [];
  if (id === undefined || says === undefined || file === undefined || test === undefined) {
    throw new Error(
      `statements.txt has a line that is no statement; write id | statement | test file | test:\n${line}`,
    );
  }
  return { id, says, file, test };
}

/** Statements that no test shows yet. */
export const notShownYet: readonly { readonly id: string; readonly says: string }[] = [];
