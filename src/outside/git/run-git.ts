import { ProgramHadDiskTrouble, tellsOfDiskTrouble } from '../files/disk-trouble.ts';
import { type ProgramResult, runProgram } from '../processes/run-program.ts';
import { whyProgramFailed } from '../processes/why-program-failed.ts';

/** git failed. The message is what it printed, without its progress. */
export class GitFailed extends Error {
  override name = 'GitFailed';
  /** Exit status, where it ended by itself. */
  readonly code: number | undefined;
  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

interface GitRun {
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string;
  /** After so much silence it counts as dead. */
  readonly silenceMilliseconds?: number;
}

const silenceMilliseconds = 120_000;
/** Work on the disk says nothing for a long time. */
const localSilenceMilliseconds = 3_600_000;

/** Runs git once. What it printed on standard output; throws {@link GitFailed}, or ProgramHadDiskTrouble. */
export async function runGit(words: readonly string[], run: GitRun): Promise<string> {
  // A repository is named by `--git-dir` or `-C`, never by where git stands.
  return await runOrThrow('git', words, { silenceMilliseconds, cwd: '/', ...run });
}

/** Runs a program that does some of git's work on the disk, and fails as git does. */
export async function runLocally(
  program: string,
  words: readonly string[],
  run: { readonly environment: GitRun['environment']; readonly cwd: string },
): Promise<void> {
  await runOrThrow(program, words, { silenceMilliseconds: localSilenceMilliseconds, ...run });
}

async function runOrThrow(
  program: string,
  words: readonly string[],
  run: Parameters<typeof runProgram>[1],
): Promise<string> {
  const result = await runProgram({ program, arguments: words }, run);
  if (result.kind === 'exited' && result.code === 0) return result.stdout;
  const message = complaint(program, words, result);
  if (tellsOfDiskTrouble(message))
    throw new ProgramHadDiskTrouble(message.startsWith(`${program}: `) ? message : `${program}: ${message}`);
  throw new GitFailed(message, result.kind === 'exited' ? result.code : undefined);
}

/** Runs git in one repository, without a server: `environment` is that of child-environment.ts for it. */
export type InRepository = (
  words: readonly string[],
  more?: { readonly input?: string; readonly variables?: Readonly<Record<string, string>> },
) => Promise<string>;

/** `repository`: words that name it, `--git-dir=PATH` or `-C DIRECTORY`. */
export function inRepository(
  repository: readonly string[],
  environment: Readonly<Record<string, string>>,
): InRepository {
  return (words, { variables, ...more } = {}) =>
    runGit([...repository, ...words], {
      environment: { ...environment, ...variables },
      silenceMilliseconds: localSilenceMilliseconds,
      ...more,
    });
}

/** The outcome, then what it had printed. */
function complaint(program: string, words: readonly string[], result: ProgramResult): string {
  if (result.kind === 'not-started') return result.message;
  const verb = words.find((word) => /^[a-z]/.test(word) && !word.includes('=')) ?? '';
  const what = [program, verb].join(' ').trim();
  const said = program === 'git' ? withoutProgressLines(result.stderr) : firstLine(result.stderr);
  if (result.kind === 'exited') return said || `${what} ended with exit status ${result.code} and said nothing`;
  const ended =
    result.kind === 'timed-out'
      ? `${what} was ended: it had said nothing for ${result.milliseconds / 1000} s`
      : whyProgramFailed(what, result, '');
  return [ended, said].filter((part) => part !== '').join('\n');
}

/** cp goes on after a file that it could not write, and repeats the message for each. */
const firstLine = (text: string) => text.trim().split('\n', 1)[0] ?? '';

/** All lines but those that count up to 100 %. */
export function withoutProgressLines(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== '' && !/^(remote: )?(Total \d|[A-Z][a-z]+ [a-z ]+: +\d+(% \(|, done|$))/.test(line))
    .join('\n')
    .trim();
}
