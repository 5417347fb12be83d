import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { isDiskTrouble, PlaceIsAway } from '../outside/files/disk-trouble.ts';
import { createDurably, makeDirectory, removeDurably, writeDurably } from '../outside/files/durable-files.ts';
import { exists } from '../outside/files/exists.ts';
import { hasCode } from '../outside/files/has-code.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import {
  type FoundLease,
  type Holder,
  judgeFound,
  type LeaseKind,
  leaseNumbers,
  leasePath,
  locksDirectory,
  readLease,
  startOfProcess,
} from './lease-file.ts';
import { pause } from './pause.ts';

// One daemon of a kind per state directory, with files alone: `KIND.N.lease`, where the highest N counts. Taking over creates N+1, which
// link(2) lets one process do, and removes the lower ones before anything else. So a holder that was silent finds its own file gone,
// however long it slept. This works on NFS, where flock is not reliable, and compares times of the file server only, not of login nodes.

const renewEveryMilliseconds = 10_000;
/** Together with the 45 s of silence, a takeover takes less than a minute. */
const lookAgainMilliseconds = 5_000;

/** Only the daemon that holds it may act. */
export interface Lease {
  /** Grows each time the lease is taken. */
  readonly number: number;
  /** The previous holder did not give it back: it was killed or crashed. */
  readonly afterDeath: boolean;
  /** Aborted as soon as another process is known to have taken it: the process must exit at once, as if killed. */
  readonly lost: AbortSignal;
  /** Throws if it is lost or unreadable. Called before each write. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Waiting for the lease while another process holds it. */
interface Standby {
  /** Ends the waiting. */
  readonly stop: AbortSignal;
  /** Called once, with a sentence, when waiting begins. */
  readonly say: (sentence: string) => void;
  /** How often to look at the holder; every 5 s by default. */
  readonly lookAgainMilliseconds?: number;
}

/** Takes the lease, or says in a sentence who holds it; on standby, waits until it is free. `by`: what takes it, if it is no daemon. */
export async function takeLease(
  stateDir: string,
  kind: LeaseKind,
  standby?: Standby,
  by?: Holder['by'],
): Promise<
  | { readonly kind: 'taken'; readonly lease: Lease }
  /** `why`: who holds it. */
  | { readonly kind: 'held'; readonly why: string; readonly message: string }
  | { readonly kind: 'stopped' }
> {
  const directory = locksDirectory(stateDir);
  await makeDirectory(stateDir, 0o700);
  await makeDirectory(directory, 0o700);
  const token = randomUUID();
  let said = '';
  for (;;) {
    const answer = await tryToTake(directory, kind, { token, ...(by && { by }) }).catch((error: unknown) => {
      if (standby === undefined || !isDiskTrouble(error)) throw error;
      return { kind: 'not seen', error } as const;
    });
    if (answer.kind === 'taken') return { kind: 'taken', lease: keep(answer.path, answer.holder, answer.afterDeath) };
    const why = answer.kind === 'held' ? runs(kind, answer.by) : `the lease cannot be looked at (${answer.error})`;
    if (standby === undefined) return { kind: 'held', why, message: refusal(why) };
    if (why !== said) standby.say(waits(kind, why));
    said = why;
    await pause(standby.lookAgainMilliseconds ?? lookAgainMilliseconds, standby.stop);
    if (standby.stop.aborted) return { kind: 'stopped' };
  }
}

type Attempt =
  | { readonly kind: 'taken'; readonly path: string; readonly holder: Holder; readonly afterDeath: boolean }
  | { readonly kind: 'held'; readonly by: FoundLease };

async function tryToTake(directory: string, kind: LeaseKind, taker: Pick<Holder, 'token' | 'by'>): Promise<Attempt> {
  const { token } = taker;
  for (;;) {
    // Read before the lease: a process stopped in between sees the lease as too young, never as too old.
    const now = await timeOfFileServer(directory, kind, token);
    const found = await readLease(directory, kind);
    const isOwn = found?.holder?.token === token; // taken just now, before an error
    if (found !== undefined && !isOwn && (await judgeFound(found, now)) === 'held') return { kind: 'held', by: found };
    const number = (found?.number ?? 0) + 1;
    const path = leasePath(directory, kind, number);
    const holder = await newHolder(number, taker);
    await createDurably(path, serialise(holder));
    // Look whose file is there: NFS may lose the answer to link(2) and repeat the call.
    if ((await readTextIfThere(path)) !== serialise(holder)) continue;
    const numbers = await leaseNumbers(directory, kind);
    if (numbers.some((other) => other > number)) {
      await removeDurably(path); // too late: others have taken the lease since we looked
      continue;
    }
    for (const lower of numbers) if (lower < number) await removeLease(leasePath(directory, kind, lower));
    const afterDeath = found !== undefined && found.holder?.released === undefined;
    return { kind: 'taken', path, holder, afterDeath };
  }
}

/** A directory of that name stays: it is not a lease, and only the highest number counts. */
async function removeLease(path: string): Promise<void> {
  await removeDurably(path).catch((error: unknown) => {
    if (!hasCode(error, 'EISDIR', 'EPERM')) throw error;
  });
}

/** The time of a new file there. */
async function timeOfFileServer(directory: string, kind: LeaseKind, token: string): Promise<number> {
  const probe = join(directory, `${kind}.${token}.now`);
  try {
    await writeDurably(probe, '.');
    return (await stat(probe)).mtimeMs;
  } finally {
    await rm(probe, { force: true });
  }
}

function keep(path: string, holder: Holder, afterDeath: boolean): Lease {
  const text = serialise(holder);
  const lost = new AbortController();
  const lose = () => {
    const reason = new Error(
      `another process took the lease ${path} over while this one was silent: it must not go on`,
    );
    lost.abort(reason);
    return reason;
  };
  let isGivenBack = false;
  const check = async () => {
    if (lost.signal.aborted) throw lost.signal.reason;
    if ((await readAtOnce(path)) === text) return;
    // What was still under way when the daemon ended: refused, but nobody has taken the lease over.
    if (isGivenBack) throw new Error(`the lease ${path} was given back: this daemon ends`);
    throw (await isAway(path)) ? away(path) : lose();
  };
  const renewOrLose = async () => {
    if ((await renew(path, text)) === 'gone' && !(await isAway(path))) lose();
  };
  let renewing: Promise<void> = Promise.resolve();
  const released = new AbortController();
  const keepRenewing = async () => {
    for (;;) {
      await pause(renewEveryMilliseconds, released.signal, { ref: false });
      if (released.signal.aborted) return;
      // One failed or hanging call must not stop the daemon: the next renewal is the retry.
      renewing = renewOrLose().catch(() => {});
    }
  };
  void keepRenewing();
  return {
    number: holder.number,
    afterDeath,
    lost: lost.signal,
    check,
    async release() {
      released.abort();
      await renewing;
      await check();
      isGivenBack = true;
      await writeDurably(path, serialise({ ...holder, released: new Date().toISOString() }));
    },
  };
}

/**
 * The text of a lease, or undefined if it is no file. One call, because a change follows: a process stopped between several calls
 * would read an open file that another process has removed meanwhile.
 */
async function readAtOnce(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NONBLOCK });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EISDIR', 'ELOOP', 'ENXIO', 'EAGAIN')) return undefined;
    throw error;
  }
}

/** A takeover leaves its file in the directory; if the directory is missing, the file system is not mounted. */
const isAway = async (path: string) => !(await exists(dirname(path)));
const away = (path: string) => new PlaceIsAway(`the lease ${path} cannot be seen: is its file system mounted?`);

/** Rewrites the file's own text: this updates its time, and never recreates a removed file. */
async function renew(path: string, text: string): Promise<'renewed' | 'gone'> {
  try {
    const file = await open(path, 'r+');
    try {
      if ((await file.readFile('utf8')) !== text) return 'gone';
      await file.write(text.slice(0, 1), 0);
      await file.sync();
      return 'renewed';
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'gone';
    throw error;
  }
}

async function newHolder(number: number, taker: Pick<Holder, 'token' | 'by'>): Promise<Holder> {
  return {
    version: 1,
    number,
    ...taker,
    host: hostname(),
    pid: process.pid,
    processStart: (await startOfProcess(process.pid)) ?? '',
    since: new Date().toISOString(),
  };
}

function runs(kind: LeaseKind, { path, holder }: FoundLease): string {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : 'another process';
  if (holder?.by !== undefined) return `./bot.sh ${holder.by} is at work on this state directory (${who}, ${path})`;
  if (kind === 'take-over') return `${who} seals what an earlier version left in this state directory (${path})`;
  if (kind === 'upgrade') return `an upgrade of this clone runs already (${who}, ${path})`;
  return `${kind === 'event handler' ? 'an' : 'a'} ${kind} runs already on this state directory (${who}, ${path})`;
}

function waits(kind: LeaseKind, why: string): string {
  if (kind === 'take-over') return `Waiting: ${why}`;
  return `The ${kind} is on standby: ${why}; this one takes over when that ends`;
}

function refusal(why: string): string {
  return `${why}: stop that one first, start this one with --standby to take over when that one ends, or give this one a state_dir of its own`;
}

function serialise(holder: Holder): string {
  return `${JSON.stringify(holder, null, 2)}\n`;
}
