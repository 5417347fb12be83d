import { ProgramHadDiskTrouble, tellsOfDiskTrouble } from '../files/disk-trouble.ts';
import { type ProgramResult, runProgram } from '../processes/run-program.ts';

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

export interface GitRun {
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
  const command = { program: 'git', arguments: words };
  // A repository is named by `--git-dir` or `-C`, never by where git stands.
  const result = await runProgram(command, { silenceMilliseconds, cwd: '/', ...run });
  if (result.kind === 'exited' && result.code === 0) return result.stdout;
  const message = complaint(words, result);
  if (tellsOfDiskTrouble(message)) throw new ProgramHadDiskTrouble(`git: ${message}`);
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
function complaint(words: readonly string[], result: ProgramResult): string {
  if (result.kind === 'not-started') return result.message;
  const verb = words.find((word) => /^[a-z]/.test(word) && !word.includes('=')) ?? '';
  const said = withoutProgress(result.stderr);
  if (result.kind === 'exited') return said || `git ${verb} ended with exit status ${result.code} and said nothing`;
  return [`git ${verb} ${howItEnded(result)}`, said].filter((part) => part !== '').join('\n');
}

function howItEnded(result: Exclude<ProgramResult, { kind: 'not-started' | 'exited' }>): string {
  switch (result.kind) {
    case 'killed':
      return `was killed by ${result.signal}`;
    case 'timed-out':
      return `was ended: it had said nothing for ${result.milliseconds / 1000} s`;
    case 'too-much-output':
      return 'printed too much';
  }
}

/** All lines but those that count up to 100 %. */
export function withoutProgress(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trimEnd());
  return lines
    .filter((line) => line !== '' && !/^(remote: )?(Total \d|[A-Z][a-z]+ [a-z ]+: +\d+(% \(|, done|$))/.test(line))
    .join('\n')
    .trim();
}
