import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  listNames,
  makeDirectory,
  moveDurably,
  readTextIfThere,
  removeDurably,
  writeDurably,
} from '../outside/files/durable-files.ts';

// What failed again and again is put beside the others, in `failed/`, with a file that tells the reason: `NAME.why`. It stays there until
// somebody puts it back, or removes it.

type Kind = 'delivery' | 'order';

/** Something that was set aside, and waits for a person. */
export interface SetAside {
  readonly kind: Kind;
  /** Its file's name, by which it is put back. */
  readonly name: string;
  readonly path: string;
  /** A sentence. */
  readonly why: string;
  /** ISO 8601. */
  readonly since: string;
}

/** Where what waits lies; `done/` and `failed/` are found from there. */
const places = {
  delivery: { waiting: 'inbox/new', done: 'inbox/done', failed: 'inbox/failed' },
  order: { waiting: 'orders', done: 'orders/done', failed: 'orders/failed' },
} as const;

const reasonOf = (path: string) => `${path}.why`;
const isFile = (name: string) => !name.startsWith('.') && /\.json(\.damaged)?$/.test(name);

/** What fails for a reason outside (GitHub or Slurm is away) is tried for so long. */
const patienceMilliseconds = 3 * 24 * 3600 * 1000;

/** How something has failed until now. */
export interface Failures {
  readonly times: number;
  readonly since: Date;
}

/** Whether it is time to set something aside. `isOutside`: what it failed with this time passes when something outside is back. */
export function isEnough({ times, since }: Failures, isOutside: boolean, timesAllowed: number, now: Date): boolean {
  return isOutside ? now.getTime() - since.getTime() >= patienceMilliseconds : times >= timesAllowed;
}

/** Moves a file into `directory`, with the reason beside it. Safe to do again. */
export async function setAside(path: string, directory: string, why: string): Promise<void> {
  await makeDirectory(directory, 0o700);
  const to = join(directory, basename(path));
  await writeDurably(reasonOf(to), `${why.replaceAll(/\s+/g, ' ').slice(0, 1000)}\n`);
  await moveDurably(path, to);
}

/** All that was set aside, oldest name first. */
export async function readSetAside(stateDir: string): Promise<SetAside[]> {
  const found: SetAside[] = [];
  for (const kind of ['delivery', 'order'] as const) {
    const directory = join(stateDir, places[kind].failed);
    for (const name of (await listNames(directory)).filter(isFile)) {
      const path = join(directory, name);
      const since = await stat(reasonOf(path)).catch(() => stat(path).catch(() => undefined));
      if (since === undefined) continue; // put back meanwhile
      const why = (await readTextIfThere(reasonOf(path)))?.trim() ?? 'the log tells why';
      found.push({ kind, name, path, why, since: since.mtime.toISOString() });
    }
  }
  return found;
}

/** Names of what is not done yet, oldest first. */
export async function readWaiting(stateDir: string, kind: Kind): Promise<string[]> {
  return (await listNames(join(stateDir, places[kind].waiting))).filter(isFile);
}

/**
 * Puts something that was set aside back, to be done again: a running daemon takes it within a minute, or one interval. What was done of
 * it before is not done twice: a delivery has its plan, an order its progress. `name` may be a part that only one of them has.
 */
export async function putBack(
  stateDir: string,
  name: string,
): Promise<
  | { readonly kind: 'put back' | 'waiting' | 'done' | 'damaged'; readonly path: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] }
> {
  const failed = (await readSetAside(stateDir)).filter((each) => each.name.includes(name));
  const exact = failed.find((each) => each.name === name);
  const [found, ...more] = exact === undefined ? failed : [exact];
  if (found === undefined) return await whereElse(stateDir, name);
  if (more.length > 0) return { kind: 'ambiguous', names: failed.map((each) => each.name) };
  if (found.name.endsWith('.damaged')) return { kind: 'damaged', path: found.path };
  const path = join(stateDir, places[found.kind].waiting, found.name);
  await moveDurably(found.path, path);
  await removeDurably(reasonOf(found.path));
  return { kind: 'put back', path };
}

async function whereElse(stateDir: string, name: string) {
  for (const { waiting, done } of Object.values(places)) {
    for (const [kind, place] of [
      ['waiting', waiting],
      ['done', done],
    ] as const) {
      const there = (await listNames(join(stateDir, place))).find((each) => isFile(each) && each.includes(name));
      if (there !== undefined) return { kind, path: join(stateDir, place, there) } as const;
    }
  }
  return { kind: 'unknown' } as const;
}
