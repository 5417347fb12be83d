import { basename, dirname, join } from 'node:path';
import { machineClock } from '../../daemon/clock.ts';
import type { ProgramCall } from '../processes/program-call.ts';
import { type ProgramResult, runProgram } from '../processes/run-program.ts';
import { whyProgramFailed } from '../processes/why-program-failed.ts';

export interface CommandOptions {
  /** The environment of Slurm's commands. */
  readonly environment: Readonly<Record<string, string>>;
  /** The time limit of squeue, scontrol and sacct. */
  readonly timeoutMilliseconds?: number;
  /** Gets each command that was run: its program's name, how it ended, how long it took. */
  readonly onRun?: (program: string, result: ProgramResult, milliseconds: number) => void;
}

const defaultTimeoutMilliseconds = 30_000;

/** Runs one of Slurm's commands, with its time limit. `others`: where it is run otherwise than most. */
export async function runCommand(
  options: CommandOptions,
  command: ProgramCall,
  words: readonly string[],
  others: Partial<Parameters<typeof runProgram>[1]> = {},
): Promise<ProgramResult> {
  const { environment, timeoutMilliseconds = defaultTimeoutMilliseconds, onRun } = options;
  const begun = machineClock.monotonic();
  const result = await runProgram(
    { ...command, arguments: [...command.arguments, ...words] },
    { environment, timeoutMilliseconds, ...others },
  );
  onRun?.(basename(command.program), result, machineClock.monotonic() - begun);
  return result;
}

/** Runs the command beside squeue, which belongs to the same Slurm; else, as beside a poll command that is a wrapper, the one in PATH. */
export async function runBesideSqueue(
  options: CommandOptions & { readonly poll: ProgramCall },
  name: string,
  words: readonly string[],
): Promise<ProgramResult> {
  const { environment, program } = options.poll;
  const run = (place: string) => runCommand(options, { environment, program: place, arguments: [] }, words);
  const beside = program.includes('/') ? await run(join(dirname(program), name)) : undefined;
  return beside === undefined || isMissing(beside) ? await run(name) : beside;
}

/** Whether there is no such program. */
export const isMissing = (result: ProgramResult) => result.kind === 'not-started' && result.code === 'ENOENT';

/**
 * A command's listing, or why it is unreliable. Only an error on stderr is a failure even with exit code 0: so squeue answers for an unknown
 * user, and for several clusters when one does not answer.
 */
export function readListing(who: string, result: ProgramResult) {
  if (result.kind === 'exited' && result.code === 0 && !isIncomplete(result))
    return { kind: 'text', text: result.stdout } as const;
  return { kind: 'unreadable', why: complaint(who, result) } as const;
}

function isIncomplete({ stdout, stderr }: { stdout: string; stderr: string }): boolean {
  return /^slurm_load_jobs error: /m.test(stderr) || (stdout === '' && /^\S+ error: /m.test(stderr));
}

/** The failure of a command, in words: with all of its own. */
export const complaint = (who: string, result: ProgramResult) =>
  whyProgramFailed(who, result, 'stderr' in result ? result.stderr.trim() : '');
