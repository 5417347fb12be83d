import process from 'node:process';
import { takeLease } from '../../daemon/lease.ts';
import { refuse } from '../../daemon/terminal.ts';
import { checkBeforeWrites } from '../../outside/files/check-before-writes.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { wordsOf } from '../../words-of.ts';

/** Keeps a second upgrade of the same clone away while `work` goes on. Throws a sentence where one is at work, or the clone is another account's. */
export async function withUpgradeLease<T>(packages: string, work: () => Promise<T>): Promise<T> {
  const taken = await takeLease(packages, 'upgrade').catch((cause: unknown) => {
    if (isDiskTrouble(cause)) throw cause;
    const why = `${packages} cannot be written by this account; run upgrade as its owner: ${wordsOf(cause)}`;
    throw new Error(why, { cause });
  });
  if (taken.kind !== 'taken') throw new Error(taken.kind === 'held' ? `${taken.why}; wait for its end` : taken.kind);
  const { lease } = taken;
  lease.lost.addEventListener('abort', () => process.exit(refuse(wordsOf(lease.lost.reason))));
  checkBeforeWrites(lease.check);
  try {
    return await work();
  } finally {
    checkBeforeWrites(async () => {}); // a lease that was given back fails the check
    await lease.release().catch(() => {}); // on a full disk: it is over with this process, and what `work` gave counts
  }
}
