import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './has-code.ts';

/** Locks that are kept: reading a directory is not atomic, and who misses the newest one must not take its number. */
const kept = 20;

/**
 * Runs `action` while no other process changes the cluster.
 *
 * Each lock has a number, one more than the lock before: `locks/7` is a link that names its holder's process id;
 * `locks/7.released` beside it says that it was given back. A lock whose holder was killed counts as released. No
 * lock is removed to be made anew: whoever saw the dead holder a moment ago would remove the lock of the next one.
 */
export function locked<T>(directory: string, action: () => T): T {
  const locks = join(directory, 'locks');
  mkdirSync(locks, { recursive: true });
  const number = takeLock(locks);
  try {
    return action();
  } finally {
    writeFileSync(join(locks, `${number}.released`), '');
  }
}

function takeLock(locks: string): number {
  for (;;) {
    const last = newest(locks);
    if (last.isFree) {
      const number = last.number + 1;
      if (make(join(locks, String(number)))) {
        if (newest(locks).number === number) {
          forgetUpTo(locks, number - kept);
          return number;
        }
        rmSync(join(locks, String(number)), { force: true }); // the number had been used and removed
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

const numberOf = (name: string) => Number.parseInt(name, 10);

function forgetUpTo(locks: string, last: number) {
  for (const name of readdirSync(locks)) if (numberOf(name) <= last) rmSync(join(locks, name), { force: true });
}

function newest(locks: string): { readonly number: number; readonly isFree: boolean } {
  const names = readdirSync(locks);
  const number = Math.max(0, ...names.map(numberOf));
  return {
    number,
    isFree: number === 0 || names.includes(`${number}.released`) || isHolderDead(join(locks, String(number))),
  };
}

function isHolderDead(lock: string): boolean {
  try {
    return !existsSync(`/proc/${readlinkSync(lock)}`);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false; // a newer one has replaced it
    throw error;
  }
}

/** False: somebody else was first. */
function make(lock: string): boolean {
  try {
    symlinkSync(String(process.pid), lock);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}
