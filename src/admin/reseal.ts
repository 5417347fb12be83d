import { counted } from '../counted.ts';
import { daemonKinds } from '../daemon/daemon-kinds.ts';
import { takeLease } from '../daemon/lease.ts';
import { complain, say } from '../daemon/terminal.ts';
import { readSeal } from '../jobs/begin-sealed.ts';
import { reseal } from '../jobs/seal-files.ts';
import { checkBeforeWrites } from '../outside/files/check-before-writes.ts';
import { sealedPlacesOf } from '../settings/places-of.ts';
import type { Settings } from '../settings/settings.ts';
import { wordsOf } from '../words-of.ts';

export interface ResealOptions {
  readonly previousKey?: string;
  readonly trustAll: boolean;
}

/** Seals everything anew with the App's present key, while no daemon runs; gives the exit status. */
export async function resealAll(settings: Settings, { previousKey, trustAll }: ResealOptions): Promise<number> {
  if ((previousKey === undefined) === !trustAll)
    return refuse('name the key that the App had before, by --previous-key FILE, or say --trust-all, and not both');
  const places = sealedPlacesOf(settings);
  const seal = await readSeal(places.privateKeyPath);
  const previous =
    previousKey === undefined
      ? 'trust all'
      : await readSeal(previousKey).catch((error: unknown) => noKey(previousKey, error));
  if (typeof previous === 'object' && 'problem' in previous) return refuse(previous.problem);
  const releases: (() => Promise<void>)[] = [];
  const checks: (() => Promise<void>)[] = [];
  checkBeforeWrites(async () => {
    for (const check of checks) await check();
  });
  try {
    for (const kind of daemonKinds) {
      const taken = await takeLease(settings.stateDir, kind, undefined, 'reseal');
      if (taken.kind !== 'taken') return refuse(taken.kind === 'held' ? taken.message : 'stopped');
      const { lease } = taken;
      // A dead daemon's lease is not released: the next daemon must still sync what the dead one wrote.
      if (!lease.afterDeath) releases.push(lease.release);
      checks.push(lease.check);
    }
    const outcome = await reseal(places, seal, previous);
    if ('problem' in outcome) return refuse(outcome.problem);
    say(`Sealed anew: ${counted(outcome.written, 'file')}. The daemons can be started.`);
    for (const path of outcome.refused) say(`Left as it is, and refused by the daemons: ${path}`);
    return 0;
  } finally {
    checkBeforeWrites(async () => {}); // a released lease fails the check
    for (const release of releases) await release();
  }
}

const noKey = (path: string, error: unknown) => ({
  problem: `${path} cannot be read as a private key (${wordsOf(error)}); name the file of the key that the App had before`,
});

function refuse(sentence: string): number {
  complain(`error: ${sentence}`);
  return 2;
}
