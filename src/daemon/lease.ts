import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createDurably, makeDirectory, readTextIfThere, writeDurably } from '../outside/files/durable-files.ts';

// One daemon of a kind per state directory. A lease is a file that its holder renews; it works on NFS, where flock cannot be trusted,
// and compares times of the file server only, so that the clocks of two login nodes do not matter.

const renewEveryMilliseconds = 15_000;
/** A holder on another machine that has not renewed for so long is taken for dead. */
const staleAfterMilliseconds = 60_000;

interface Holder {
  readonly version: 1;
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks: a reused pid has another. */
  readonly processStart: string;
  readonly since: string;
}

export interface Lease {
  /** Aborted when another process holds the lease: stop at once. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Takes the lease, or says in a sentence who holds it. */
export async function takeLease(
  stateDir: string,
  kind: 'event handler' | 'job manager',
): Promise<{ kind: 'taken'; lease: Lease } | { kind: 'held'; message: string }> {
  const directory = join(stateDir, 'locks');
  await makeDirectory(stateDir, 0o700);
  await makeDirectory(directory, 0o700);
  const path = join(directory, `${kind}.lease`);
  const holder: Holder = {
    version: 1,
    token: randomUUID(),
    host: hostname(),
    pid: process.pid,
    processStart: (await processStart(process.pid)) ?? '',
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if ((await createDurably(path, serialise(holder))) === 'created')
      return { kind: 'taken', lease: keep(path, holder) };
    const found = await readTextIfThere(path);
    if (found === undefined) continue;
    if (!(await isStale(path, found))) return { kind: 'held', message: describe(kind, path, found) };
    await setAside(path, found);
  }
  return {
    kind: 'held',
    message: `the ${kind} cannot take the lease ${path}: another process takes it at the same time`,
  };
}

function keep(path: string, holder: Holder): Lease {
  const lost = new AbortController();
  let renewing: Promise<void> = Promise.resolve();
  const renew = async () => {
    const found = await readTextIfThere(path);
    if (found === serialise(holder)) await writeDurably(path, serialise(holder));
    else lost.abort(new Error(`the lease ${path} was taken by another process`));
  };
  const timer = setInterval(() => {
    // A file server that is away for a moment must not stop the daemon; the next renewal tries again.
    renewing = renew().catch(() => {});
  }, renewEveryMilliseconds);
  timer.unref();
  return {
    lost: lost.signal,
    async release() {
      clearInterval(timer);
      await renewing;
      if ((await readTextIfThere(path)) === serialise(holder)) await rm(path, { force: true });
    },
  };
}

/** The holder is dead: on this machine by its pid, on another by the age of the file. */
async function isStale(path: string, text: string): Promise<boolean> {
  const holder = parse(text);
  if (holder === undefined) return true;
  if (holder.host === hostname()) return (await processStart(holder.pid)) !== holder.processStart;
  const probe = `${path}.${process.pid}.now`;
  await writeDurably(probe, '');
  const [now, renewed] = [(await stat(probe)).mtimeMs, (await stat(path)).mtimeMs];
  await rm(probe, { force: true });
  return now - renewed > staleAfterMilliseconds;
}

/** Moves a stale lease away; if it was renewed or replaced in between, that one is put back. */
async function setAside(path: string, expected: string): Promise<void> {
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process was faster: look again
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== expected) await createDurably(path, moved);
  await rm(aside, { force: true });
}

function describe(kind: 'event handler' | 'job manager', path: string, text: string): string {
  const holder = parse(text);
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : 'another process';
  return `${kind === 'event handler' ? 'an' : 'a'} ${kind} runs already on this state directory (${who}, ${path}): stop that one first, or give this one a state_dir of its own`;
}

function serialise(holder: Holder): string {
  return `${JSON.stringify(holder, null, 2)}\n`;
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return holder?.version === 1 && typeof holder.host === 'string' ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat, see proc(5); undefined where there is no such process. */
async function processStart(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
