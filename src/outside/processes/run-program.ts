import process from 'node:process';
import { execa } from 'execa';
import type { ProgramCall } from './program-call.ts';

/** The result of a program. Output is UTF-8 text, unchanged. */
export type ProgramResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'timed-out'; readonly milliseconds: number; readonly stdout: string; readonly stderr: string }
  /** It printed more than `maxBuffer` characters and was ended; earlier output is kept. */
  | { readonly kind: 'too-much-output'; readonly stdout: string; readonly stderr: string }
  /** No process was started. `code` is the system's (ENOENT, EACCES, …), `message` words for people. */
  | { readonly kind: 'not-started'; readonly code: string; readonly message: string };

interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment, before the command's own `NAME=value` words: nothing is inherited. See child-environment.ts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Default: no limit. */
  readonly timeoutMilliseconds?: number;
  /** Ends the program when it prints nothing for so long: then it hangs, however long its work takes. */
  readonly silenceMilliseconds?: number;
  /** Its standard input; empty by default. */
  readonly input?: string;
  /** Characters per stream. */
  readonly maxBuffer?: number;
}

type Runnable = Pick<ProgramCall, 'program' | 'arguments'> & Partial<Pick<ProgramCall, 'environment'>>;

const killDelayMilliseconds = 2_000;

/** Ended when this process exits by itself. */
const running = new Set<{ kill(): boolean }>();
process.on('exit', () => {
  for (const subprocess of running) subprocess.kill();
});

/** Runs a program, without a shell, and returns its result; never throws for what the program does. */
export async function runProgram(command: Runnable, options: ProgramOptions): Promise<ProgramResult> {
  const { timeoutMilliseconds } = options;
  const subprocess = execa(command.program, command.arguments, {
    env: { ...options.environment, ...command.environment },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    // Not an empty pipe: Node's pipes are sockets, which bash takes for a remote login, and reads ~/.bashrc.
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    killDescendants: true,
    // execa's own clean-up catches SIGABRT and the like, and loses one that arrives just as the program ends.
    cleanup: false,
    forceKillAfterDelay: killDelayMilliseconds,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(timeoutMilliseconds === undefined ? {} : { timeout: timeoutMilliseconds }),
    ...(options.maxBuffer === undefined ? {} : { maxBuffer: options.maxBuffer }),
  });
  running.add(subprocess);
  const limits = keepToLimits(subprocess, options);
  try {
    const { stdout, stderr, ...result } = await subprocess;
    const silentFor = limits.silentFor();
    if (silentFor !== undefined) return { kind: 'timed-out', milliseconds: silentFor, stdout, stderr };
    if (result.timedOut) return { kind: 'timed-out', milliseconds: timeoutMilliseconds ?? 0, stdout, stderr };
    if (result.isMaxBuffer) return { kind: 'too-much-output', stdout, stderr };
    if (result.signal !== undefined) return { kind: 'killed', signal: result.signal, stdout, stderr };
    if (result.exitCode !== undefined) return { kind: 'exited', code: result.exitCode, stdout, stderr };
    return notStarted(command, options.cwd, result.code ?? 'unknown', result.originalMessage ?? '');
  } finally {
    limits.stop();
    running.delete(subprocess);
  }
}

interface Printing {
  readonly stdout: NodeJS.ReadableStream & { destroy(): unknown };
  readonly stderr: NodeJS.ReadableStream & { destroy(): unknown };
  kill(): boolean;
}

/**
 * Ends a program that is silent for too long. Closes its pipes at either limit: a descendant in its own session survives the group's end and
 * may keep them open.
 */
function keepToLimits(subprocess: Printing, { timeoutMilliseconds, silenceMilliseconds }: ProgramOptions) {
  let silentFor: number | undefined;
  const timers = new Set<NodeJS.Timeout>();
  const after = (milliseconds: number | undefined, act: () => void) => {
    if (milliseconds === undefined) return undefined;
    const timer = setTimeout(act, milliseconds);
    timers.add(timer);
    return timer;
  };
  const letGoAfter = (milliseconds: number) =>
    after(milliseconds + killDelayMilliseconds + 500, () => {
      subprocess.stdout.destroy();
      subprocess.stderr.destroy();
    });
  if (timeoutMilliseconds !== undefined) letGoAfter(timeoutMilliseconds);
  const silence = after(silenceMilliseconds, () => {
    silentFor = silenceMilliseconds;
    subprocess.kill();
    letGoAfter(0);
  });
  if (silence !== undefined) {
    for (const stream of [subprocess.stdout, subprocess.stderr]) stream.on('data', () => silence.refresh());
  }
  return {
    silentFor: () => silentFor,
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function notStarted(command: Runnable, cwd: string | undefined, code: string, original: string): ProgramResult {
  const { program } = command;
  // execa tells a missing directory from a missing program only in its message.
  if (cwd !== undefined && original.includes('"cwd"'))
    return { kind: 'not-started', code, message: `\`${program}\` was not run: there is no directory ${cwd}` };
  const message =
    code === 'ENOENT'
      ? `\`${program}\` was not run: there is no such program; check its path, or PATH`
      : code === 'EACCES'
        ? `\`${program}\` was not run: it may not be executed; check its permissions`
        : `\`${program}\` was not run: ${original} (${code})`;
  return { kind: 'not-started', code, message };
}
