import { lastWords } from '../../daemon/last-words.ts';
import type { Command } from '../processes/command.ts';
import { type ProgramResult, runProgram } from '../processes/run-program.ts';

export interface RunOptions {
  /** What Slurm's commands see. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long squeue, scontrol and sacct may take. */
  readonly timeoutMilliseconds?: number;
}

const defaultTimeoutMilliseconds = 30_000;

/** Runs one of Slurm's commands, within its time. */
export function runCommand(options: RunOptions, command: Command, words: readonly string[]): Promise<ProgramResult> {
  const { environment, timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  return runProgram({ ...command, arguments: [...command.arguments, ...words] }, { environment, timeoutMilliseconds });
}

/**
 * What a command listed, or why that cannot be believed. Nothing but an error on stderr is a failure even with exit status 0: so squeue
 * answers when it does not know the user. So is a listing of several clusters one of which did not answer.
 */
export function readListing(who: string, result: ProgramResult) {
  if (result.kind === 'exited' && result.code === 0 && !isIncomplete(result))
    return { kind: 'text', text: result.stdout } as const;
  return { kind: 'unreadable', why: complaint(who, result) } as const;
}

function isIncomplete({ stdout, stderr }: { stdout: string; stderr: string }): boolean {
  return /^slurm_load_jobs error: /m.test(stderr) || (stdout === '' && /^\S+ error: /m.test(stderr));
}

/** What became of a command that did not do what it should, in words. */
export function complaint(who: string, result: ProgramResult): string {
  const words = 'stderr' in result ? lastWords(result.stderr) : undefined;
  const before = words === undefined ? '' : `, after it had said: ${words}`;
  switch (result.kind) {
    case 'not-started':
      return result.message;
    case 'exited':
      return `${who} failed (exit status ${result.code}): ${result.stderr.trim() || 'it said nothing'}`;
    case 'killed':
      return `${who} was killed by ${result.signal}${before}`;
    case 'timed-out':
      return `${who} did not answer within ${result.milliseconds / 1000} s${before}`;
    case 'too-much-output':
      return `${who} printed too much${before}`;
  }
}
