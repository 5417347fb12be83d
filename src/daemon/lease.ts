import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { isDiskTrouble, PlaceIsAway } from '../outside/files/disk-trouble.ts';
import {
  createDurably,
  exists,
  hasCode,
  makeDirectory,
  readTextIfThere,
  removeDurably,
  writeDurably,
} from '../outside/files/durable-files.ts';
import {
  type FoundLease,
  type Holder,
  judgeLease,
  type LeaseKind,
  leaseNumbers,
  leasePath,
  locksDirectory,
  lookAtProcess,
  readLease,
  startOfProcess,
} from './lease-file.ts';
import { pause } from './pause.ts';

// One daemon of a kind per state directory, by files alone: `KIND.N.lease`, where the highest N counts. Taking over is creating N+1, of
// which link(2) lets one succeed, and removing the lower ones before anything else is done. So a holder that was silent meanwhile finds
// its own file gone, however long it slept. It works on NFS, where flock cannot be trusted, and compares times of the file server only,
// so that the clocks of two login nodes do not matter.

const renewEveryMilliseconds = 10_000;
/** Beside the 45 s of silence after which a holder on another machine is taken for dead: together below a minute. */
const lookAgainMilliseconds = 5_000;

/** The daemon that holds it may act; nobody else of its kind does. */
export interface Lease {
  /** Grows with each time that somebody takes the lease. */
  readonly number: number;
  /** Whoever held it before did not give it back: it was killed, or died. */
  readonly afterDeath: boolean;
  /** Aborted as soon as it is known that another process took it: end at once, as if killed. */
  readonly lost: AbortSignal;
  /** Throws where it is not ours any more, or cannot be read. Asked before each write. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Waiting for the lease while another process holds it. */
interface Standby {
  /** Ends the waiting. */
  readonly stop: AbortSignal;
  /** Told once, with a sentence, when there is something to wait for. */
  readonly say: (sentence: string) => void;
  /** How often the holder is looked at; without it every 5 s. */
  readonly lookAgainMilliseconds?: number;
}

/** Takes the lease, or says in a sentence who holds it; on standby, waits until it can be had. */
export async function takeLease(
  stateDir: string,
  kind: LeaseKind,
  standby?: Standby,
): Promise<
  | { readonly kind: 'taken'; readonly lease: Lease }
  | { readonly kind: 'held'; readonly message: string }
  | { readonly kind: 'stopped' }
> {
  const directory = locksDirectory(stateDir);
  await makeDirectory(stateDir, 0o700);
  await makeDirectory(directory, 0o700);
  const token = randomUUID();
  let said = '';
  for (;;) {
    const answer = await tryToTake(directory, kind, token).catch((error: unknown) => {
      if (standby === undefined || !isDiskTrouble(error)) throw error;
      return { kind: 'not seen', error } as const;
    });
    if (answer.kind === 'taken') return { kind: 'taken', lease: keep(answer.path, answer.holder, answer.afterDeath) };
    const why = answer.kind === 'held' ? runs(kind, answer.by) : `the lease cannot be looked at (${answer.error})`;
    if (standby === undefined) return { kind: 'held', message: refusal(why) };
    if (why !== said) standby.say(waits(kind, why));
    said = why;
    await pause(standby.lookAgainMilliseconds ?? lookAgainMilliseconds, standby.stop);
    if (standby.stop.aborted) return { kind: 'stopped' };
  }
}

type Attempt =
  | { readonly kind: 'taken'; readonly path: string; readonly holder: Holder; readonly afterDeath: boolean }
  | { readonly kind: 'held'; readonly by: FoundLease };

async function tryToTake(directory: string, kind: LeaseKind, token: string): Promise<Attempt> {
  for (;;) {
    // Before the lease is read: who is stopped between the two takes it for younger than it is, never for older.
    const now = await timeOfFileServer(directory, kind, token);
    const found = await readLease(directory, kind);
    const isOwn = found?.holder?.token === token; // taken just now, and not seen to its end
    if (found !== undefined && !isOwn && (await judge(found, now)) === 'held') return { kind: 'held', by: found };
    const number = (found?.number ?? 0) + 1;
    const path = leasePath(directory, kind, number);
    const holder = await newHolder(number, token);
    await createDurably(path, serialise(holder));
    // Not the answer to link(2) counts, which NFS may lose and then repeat, but whose file is there.
    if ((await readTextIfThere(path)) !== serialise(holder)) continue;
    const numbers = await leaseNumbers(directory, kind);
    if (numbers.some((other) => other > number)) {
      await removeDurably(path); // we were slow: others took it, and took it over, since we looked
      continue;
    }
    for (const lower of numbers) if (lower < number) await removeLease(leasePath(directory, kind, lower));
    const afterDeath = found !== undefined && found.holder?.released === undefined;
    return { kind: 'taken', path, holder, afterDeath };
  }
}

/** A directory of that name is nobody's lease, and the highest number counts. */
async function removeLease(path: string): Promise<void> {
  await removeDurably(path).catch((error: unknown) => {
    if (!hasCode(error, 'EISDIR') && !hasCode(error, 'EPERM')) throw error;
  });
}

async function judge({ holder, renewedMilliseconds }: FoundLease, now: number): Promise<'free' | 'held'> {
  return judgeLease(holder, holder && (await lookAtProcess(holder)), now - renewedMilliseconds);
}

/** That of a file which is new there. */
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
  const check = async () => {
    if (lost.signal.aborted) throw lost.signal.reason;
    if ((await readAtOnce(path)) === text) return;
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
      // A file server that is away for a moment must not stop the daemon, nor one call that hangs: the next renewal tries again.
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
      await writeDurably(path, serialise({ ...holder, released: new Date().toISOString() }));
    },
  };
}

/**
 * The text of a lease, or undefined where it is no file. In one call, since it is followed by a change: who is stopped in the midst of
 * several reads the file that it has open, which another process removed meanwhile.
 */
async function readAtOnce(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', flag: constants.O_RDONLY | constants.O_NONBLOCK });
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ELOOP', 'ENXIO', 'EAGAIN'].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

/** Whoever takes a lease over leaves its file beside it; where there is not even the directory, the file system is not mounted. */
const isAway = async (path: string) => !(await exists(dirname(path)));
const away = (path: string) => new PlaceIsAway(`the lease ${path} cannot be seen: is its file system mounted?`);

/** Writes into the file what stands there, which changes its time and can never bring back one that was removed. */
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

async function newHolder(number: number, token: string): Promise<Holder> {
  return {
    version: 1,
    number,
    token,
    host: hostname(),
    pid: process.pid,
    processStart: (await startOfProcess(process.pid)) ?? '',
    since: new Date().toISOString(),
  };
}

function runs(kind: LeaseKind, { path, holder }: FoundLease): string {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : 'another process';
  if (kind === 'take-over') return `${who} seals what an earlier version left in this state directory (${path})`;
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
