import process from 'node:process';
import { execa } from 'execa';
import type { Command } from './command.ts';

/** What became of a program. Output is UTF-8 text, unchanged. */
export type ProgramResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'timed-out'; readonly milliseconds: number; readonly stdout: string; readonly stderr: string }
  /** It printed more than `maxBuffer` characters and was ended; what came before is kept. */
  | { readonly kind: 'too-much-output'; readonly stdout: string; readonly stderr: string }
  /** There was no process. `code` is the system's (ENOENT, EACCES, …), `message` a sentence for people. */
  | { readonly kind: 'not-started'; readonly code: string; readonly message: string };

interface RunOptions {
  readonly cwd?: string;
  /** All that the program sees, before the command's own `NAME=value` words: nothing is inherited. See child-environment.ts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Without it: as long as it takes. */
  readonly timeoutMilliseconds?: number;
  /** Ended when it has printed nothing for so long: then it has died, however long its work takes. */
  readonly silenceMilliseconds?: number;
  /** Text for its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Characters per stream. */
  readonly maxBuffer?: number;
}

type Runnable = Pick<Command, 'program' | 'arguments'> & Partial<Pick<Command, 'environment'>>;

const killDelayMilliseconds = 2_000;

/** Ended with this process where it exits by itself. */
const running = new Set<{ kill(): boolean }>();
process.on('exit', () => {
  for (const subprocess of running) subprocess.kill();
});

/** Runs a program, without a shell, and says what became of it; never throws for what the program does. */
export async function runProgram(command: Runnable, options: RunOptions): Promise<ProgramResult> {
  const { timeoutMilliseconds } = options;
  const subprocess = execa(command.program, command.arguments, {
    env: { ...options.environment, ...command.environment },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    // Not an empty pipe: Node's are sockets, which bash takes for a remote login and reads ~/.bashrc.
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    killDescendants: true,
    // execa's way of ending it with us catches SIGABRT and the like, and loses one that arrives just when the program ends.
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
 * Ends what has been silent for too long. And lets go of its pipes at either limit: a descendant in a session of its own survives the
 * group's end and may keep them open.
 */
function keepToLimits(subprocess: Printing, { timeoutMilliseconds, silenceMilliseconds }: RunOptions) {
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
    return { kind: 'not-started', code, message: `\`${program}\` was not run: there is no directory ${cwd}.` };
  const message =
    code === 'ENOENT'
      ? `\`${program}\` was not run: there is no such program; check its path, or PATH.`
      : code === 'EACCES'
        ? `\`${program}\` was not run: it may not be executed; check its permissions.`
        : `\`${program}\` was not run: ${original} (${code}).`;
  return { kind: 'not-started', code, message };
}
