import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeDirectory, moveDurably, removeDurably, writeDurably } from '../outside/files/durable-files.ts';
import { listNames } from '../outside/files/list-names.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { isJobId } from './directories.ts';
import {
  failedDir,
  finishedDir,
  followAgain,
  type JobLink,
  lookAmongSetAside,
  moveToFailed,
  submittedDir,
} from './handovers.ts';
import { isFileOfOurs, nameBeforeDamage } from './names-on-disk.ts';

// Dead letters: what keeps failing moves to `failed/`, with the reason in `NAME.why`, until somebody replays or drops it. For a job only its
// link moves, to `JOB_IDS_DIR/failed/ID`; its directory stays.

type Kind = (typeof kinds)[number];

/** A dead letter. */
export interface SetAside {
  readonly kind: Kind;
  /** Its file's name, or the job's id: replay it by this. */
  readonly name: string;
  readonly path: string;
  /** A sentence. */
  readonly why: string;
  /** ISO 8601. */
  readonly since: string;
}

interface Place {
  readonly waiting: string;
  readonly done: string;
  readonly failed: string;
}

const kinds = ['delivery', 'order', 'job'] as const;

const placesInState = (stateDir: string) => ({
  delivery: placeIn(join(stateDir, 'inbox'), 'new'),
  order: placeIn(join(stateDir, 'orders'), '.'),
});

const placeIn = (directory: string, waiting: string): Place => ({
  waiting: join(directory, waiting),
  done: join(directory, 'done'),
  failed: join(directory, 'failed'),
});

const placesIn = (stateDir: string, jobIdsDir: string): Readonly<Record<Kind, Place>> => ({
  ...placesInState(stateDir),
  job: { waiting: submittedDir(jobIdsDir), done: finishedDir(jobIdsDir), failed: failedDir(jobIdsDir) },
});

const reasonOf = (path: string) => `${path}.why`;
const isNameOf = (kind: Kind, name: string) =>
  kind === 'job' ? isJobId(name) : isFileOfOurs(nameBeforeDamage(name) ?? name);

/** A shorter part of a GUID may be another word. */
const leastPart = 6;

/**
 * Whether `part`, as typed, names it. A job needs its whole id: a part of it would be another id. For a delivery or an order,
 * TIME_GUID.json, `part` is its beginning up to the GUID, or a part of what follows the time: many share the date.
 */
function isMeant(kind: Kind, name: string, part: string): boolean {
  const whole = withoutEnd(name);
  const typed = withoutEnd(part);
  if (kind === 'job') return name === part;
  if (whole === typed) return true;
  if (/^\d*$/.test(typed)) return false;
  const behindTime = whole.slice(whole.indexOf('_') + 1);
  if (behindTime === typed || (typed.includes('_') && whole.startsWith(typed))) return true;
  return typed.length >= leastPart && behindTime.includes(typed);
}

const withoutEnd = (name: string) => name.replace(/\.json(\.damaged)?$/, '');

/** Moves a file into `directory`, with the reason beside it. Idempotent. */
export async function setAside(path: string, directory: string, why: string): Promise<void> {
  const to = join(directory, basename(path));
  await writeReason(to, why);
  await moveDurably(path, to);
}

/** Stops following a job, and keeps the reason. Throws if an earlier job with the same id is set aside. Idempotent. */
export async function setJobAside(stateDir: string, jobIdsDir: string, job: JobLink, why: string): Promise<void> {
  const path = join(failedDir(jobIdsDir), job.id);
  if ((await lookAmongSetAside(jobIdsDir, job)) === 'another') {
    throw new Error(
      `${path} is an earlier job, to which Slurm gave the same number: replay or drop that one first (./bot.sh drop ${job.id}), then this one can be set aside`,
    );
  }
  await writeReason(path, why);
  await moveToFailed(stateDir, jobIdsDir, job);
}

async function writeReason(path: string, why: string): Promise<void> {
  await makeDirectory(dirname(path), 0o700);
  await writeDurably(reasonOf(path), `${why.replaceAll(/\s+/g, ' ').slice(0, 1000)}\n`);
}

/** All that was set aside; of each kind the oldest name first. */
export async function readSetAside(stateDir: string, jobIdsDir: string): Promise<SetAside[]> {
  const found: SetAside[] = [];
  const places = placesIn(stateDir, jobIdsDir);
  for (const kind of kinds) {
    const { failed } = places[kind];
    for (const name of (await listNames(failed)).filter((each) => isNameOf(kind, each))) {
      const path = join(failed, name);
      const since = await stat(reasonOf(path)).catch(() => lstat(path).catch(() => undefined));
      if (since === undefined) continue; // replayed meanwhile
      const why = (await readTextIfThere(reasonOf(path)))?.trim() || 'the log tells why';
      found.push({ kind, name, path, why, since: since.mtime.toISOString() });
    }
  }
  return found;
}

/** Names of open deliveries or orders, oldest first. */
export async function readWaiting(stateDir: string, kind: Exclude<Kind, 'job'>): Promise<string[]> {
  return (await listNames(placesInState(stateDir)[kind].waiting)).filter((name) => isNameOf(kind, name));
}

/** Where something is now, and how it got there. */
interface Whereabouts<How> {
  readonly kind: How;
  readonly path: string;
}

/** A delivery, order or job, set aside or not. */
export type Named = Pick<SetAside, 'kind' | 'name' | 'path'>;
type OnNamed = (named: Named) => Promise<void>;

type NotFound =
  | Whereabouts<'waiting' | 'done'>
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] };

/**
 * Replays something that was set aside: a running daemon takes it within a minute, or one interval. Nothing is done twice: a delivery has its
 * plan, an order its progress, a job its record. `name` may be a unique part of a name; for a job it is the id. `another`: a job with the
 * same id is followed, and comes first. `prepare` is called first, also for what still waits: a job whose record is refused is followed for
 * some intervals before it is set aside.
 */
export async function replay(
  stateDir: string,
  jobIdsDir: string,
  name: string,
  prepare: OnNamed = async () => {},
): Promise<Whereabouts<'put back' | 'damaged' | 'another'> | NotFound> {
  const found = await find(stateDir, jobIdsDir, name, prepare);
  if (found.kind !== 'found') return found;
  const { failed, place } = found;
  if (failed.name.endsWith('.damaged')) return { kind: 'damaged', path: failed.path };
  await prepare(failed);
  const path = join(place.waiting, failed.name);
  if (failed.kind !== 'job') await moveDurably(failed.path, path);
  else if ((await followAgain(jobIdsDir, failed.name)) === 'waits') return { kind: 'another', path };
  await removeDurably(reasonOf(failed.path));
  return { kind: 'put back', path };
}

/**
 * Drops what was set aside: it is moved to what is done, so that a delivery is not fetched again, nor its orders placed again. `name`: as for
 * {@link replay}. `removed`: it was damaged, so there is nothing to keep.
 */
export async function drop(
  stateDir: string,
  jobIdsDir: string,
  name: string,
): Promise<Whereabouts<'given up' | 'removed'> | NotFound> {
  const found = await find(stateDir, jobIdsDir, name);
  if (found.kind !== 'found') return found;
  const { failed, place } = found;
  if (failed.name.endsWith('.damaged')) {
    await removeDurably(failed.path);
    await removeDurably(reasonOf(failed.path));
    return { kind: 'removed', path: failed.path };
  }
  const path = join(place.done, failed.name);
  await makeDirectory(place.done);
  await moveDurably(failed.path, path);
  await removeDurably(reasonOf(failed.path));
  return { kind: 'given up', path };
}

/** Finds what was set aside by its name or a part of it, or says where else it is. `onWaiting` is called if it waits. */
async function find(
  stateDir: string,
  jobIdsDir: string,
  name: string,
  onWaiting: OnNamed = async () => {},
): Promise<{ readonly kind: 'found'; readonly failed: SetAside; readonly place: Place } | NotFound> {
  const places = placesIn(stateDir, jobIdsDir);
  const meant = (await readSetAside(stateDir, jobIdsDir)).filter((each) => isMeant(each.kind, each.name, name));
  const exact = meant.find((each) => each.name === name);
  // If a job's id is asked for again, it is not a part of a delivery's name.
  const job = exact === undefined && (await whereElse(places, ['job'], name, onWaiting));
  if (job) return job;
  const [failed, ...more] = exact === undefined ? meant : [exact];
  if (failed === undefined)
    return (await whereElse(places, ['delivery', 'order'], name, onWaiting)) ?? { kind: 'unknown' };
  if (more.length > 0) return { kind: 'ambiguous', names: meant.map((each) => each.name) };
  return { kind: 'found', failed, place: places[failed.kind] };
}

async function whereElse(
  places: Readonly<Record<Kind, Place>>,
  among: readonly Kind[],
  part: string,
  onWaiting: OnNamed,
): Promise<Whereabouts<'waiting' | 'done'> | undefined> {
  for (const kind of among) {
    for (const stage of ['waiting', 'done'] as const) {
      const directory = places[kind][stage];
      const there = (await listNames(directory)).find((name) => isNameOf(kind, name) && isMeant(kind, name, part));
      if (there === undefined) continue;
      const path = join(directory, there);
      if (stage === 'waiting') await onWaiting({ kind, name: there, path });
      return { kind: stage, path };
    }
  }
  return undefined;
}
