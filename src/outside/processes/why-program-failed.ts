import { counted } from '../../counted.ts';
import { lastWords } from '../../daemon/last-words.ts';
import type { ProgramResult } from './run-program.ts';

/** What became of a program that did not do its work. `who`: what to call it. `said`: its words that are told; by default its last line. */
export function whyProgramFailed(
  who: string,
  result: ProgramResult,
  said = 'stderr' in result ? (lastWords(result.stderr) ?? '') : '',
): string {
  const before = said === '' ? '' : `, after it had said: ${said}`;
  switch (result.kind) {
    case 'not-started':
      return result.message;
    case 'exited':
      return `${who} failed (exit status ${result.code}): ${said || 'it said nothing'}`;
    case 'killed':
      return `${who} was killed by ${result.signal}${before}`;
    case 'timed-out':
      return `${who} did not answer within ${inTime(result.milliseconds)}${before}`;
    case 'too-much-output':
      return `${who} printed too much${before}`;
  }
}

const inTime = (milliseconds: number) =>
  milliseconds < 3_600_000 ? `${milliseconds / 1000} s` : counted(milliseconds / 3_600_000, 'hour');
