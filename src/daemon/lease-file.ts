import { lstat, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../outside/files/has-code.ts';
import { listNames } from '../outside/files/list-names.ts';
import { parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { timeShape } from '../outside/files/shapes.ts';
import type { DaemonKind } from './daemon-kinds.ts';

/** The role that only one process may have at a time. */
export type LeaseKind = DaemonKind | 'take-over' | 'upgrade';

const shape = z.object({
  version: z.literal(1),
  /** The fencing number: grows by one each time the lease is taken. */
  number: z.int().min(1),
  token: z.string().max(100),
  host: z.string().max(300),
  pid: z.int().min(1),
  /** When the process started, in the kernel's ticks: a reused pid has another. */
  processStart: z.string().max(30),
  since: timeShape,
  /** What holds it in the place of the daemon, which does not run meanwhile. */
  by: z.literal('reseal').exactOptional(),
  /** When the holder gave the lease back. */
  released: timeShape.exactOptional(),
});
/** The holder of a lease, as its file names it. */
export type Holder = Readonly<z.infer<typeof shape>>;

/** A lease file as it was found. */
export interface FoundLease {
  readonly number: number;
  readonly path: string;
  readonly text: string;
  /** Undefined: damaged. */
  readonly holder?: Holder;
  /** When it was renewed, in the file server's time. */
  readonly renewedMilliseconds: number;
}

/** A holder that has not renewed for this long counts as dead. */
export const silentMilliseconds = 45_000;

/**
 * Whether a lease may be taken over. `onThisMachine`: the state of the holder's process, if it runs here.
 * A live but silent holder (stopped, or its event loop hangs) has lost the lease as well: it notices before its next write.
 */
export function judgeLease(
  holder: Holder | undefined,
  onThisMachine: 'lives' | 'is dead' | undefined,
  ageMilliseconds: number,
): 'free' | 'held' {
  if (holder?.released !== undefined || onThisMachine === 'is dead') return 'free';
  return ageMilliseconds > silentMilliseconds ? 'free' : 'held';
}

export const locksDirectory = (stateDir: string) => join(stateDir, 'locks');

export const leasePath = (directory: string, kind: LeaseKind, number: number) =>
  join(directory, `${kind}.${number}.lease`);

/** The numbers of the lease files, lowest first. Sorted as numbers: 10 comes after 9. */
export async function leaseNumbers(directory: string, kind: LeaseKind): Promise<number[]> {
  const numbers = (await listNames(directory)).flatMap((name) => {
    const [, of, number] = /^(.+)\.([1-9]\d{0,14})\.lease$/.exec(name) ?? [];
    return of === kind ? [Number(number)] : [];
  });
  return numbers.sort((a, b) => a - b);
}

/** The current lease: the one with the highest number. */
export async function readLease(directory: string, kind: LeaseKind): Promise<FoundLease | undefined> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const number = (await leaseNumbers(directory, kind)).at(-1);
    if (number === undefined) return undefined;
    const path = leasePath(directory, kind, number);
    const read = await readWithTime(path);
    if (read === undefined) continue; // a higher one has just replaced it
    const holder = parseShape(read.text, shape);
    return { number, path, ...read, ...(holder && { holder }) };
  }
  throw new Error(`the leases of the ${kind} in ${directory} change faster than they can be read; try again`);
}

/** The state of the holder's process, if it runs on this machine. */
export async function lookAtProcess({ host, pid, processStart }: Holder): Promise<'lives' | 'is dead' | undefined> {
  if (host !== hostname()) return undefined;
  return (await startOfProcess(pid)) === processStart ? 'lives' : 'is dead';
}

/** The same as {@link judgeLease}, of a lease as it was found. */
export async function judgeFound({ holder, renewedMilliseconds }: FoundLease, now: number): Promise<'free' | 'held'> {
  return judgeLease(holder, holder && (await lookAtProcess(holder)), now - renewedMilliseconds);
}

/** Field 22 of /proc/PID/stat, see proc(5); undefined where there is no such process, or it has ended and its parent has not asked how. */
export async function startOfProcess(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined; // ESRCH: it ended while its file was read
    throw error;
  });
  const [state, ...fields] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

/** Read before stat: only opening a file makes an NFS client ask the server for its time. */
async function readWithTime(path: string): Promise<{ text: string; renewedMilliseconds: number } | undefined> {
  try {
    const text = await readTextIfThere(path);
    return text === undefined ? undefined : { text, renewedMilliseconds: (await lstat(path)).mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESTALE')) return undefined;
    throw error;
  }
}
