import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judgeArguments } from '../../../src/event-handler/arguments/judge-arguments.ts';
import { parseCommand } from '../../../src/event-handler/comment/parse-command.ts';
import { dialects } from '../../../src/settings/dialects.ts';
import type { AllowedArgument } from '../../../src/settings/settings.ts';

// Arguments for jobs as people type them, at a site with these allow-lists. Outcome: what the job gets, joined by commas and blanks, or how
// the refusal begins.
interface WildArguments {
  readonly seen: string;
  readonly typed: string;
  readonly exports?: readonly string[];
  readonly jobargs?: readonly AllowedArgument[];
  readonly submitargs?: readonly AllowedArgument[];
  readonly outcome: string;
}
const rows: readonly WildArguments[] = JSON.parse(readFileSync(new URL('arguments.json', import.meta.url), 'utf8'));

it.each(rows)('$seen: $typed: $outcome', ({ typed, exports = [], jobargs = [], submitargs = [], outcome }) => {
  const command = parseCommand(`build for:arch=x ${typed}`, dialects['9']);
  const filters = command.kind === 'command' ? command.filters : [];
  const judged = judgeArguments(filters, {
    allowedExports: exports,
    allowedJobArguments: jobargs,
    allowedSubmitArguments: submitargs,
  });
  if ('refused' in judged) expect(`refused: ${judged.refused}`.slice(0, outcome.length)).toBe(outcome);
  else {
    const options = judged.submitArguments === undefined ? [] : [`sbatch ${judged.submitArguments.join(' ')}`];
    expect([...judged.exports.map((each) => `export ${each}`), ...options].join(', ')).toBe(outcome);
  }
});
