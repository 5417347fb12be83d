import { readFile } from 'node:fs/promises';
import type { Logger } from '../daemon/logger.ts';
import { Seal, useSeal } from '../outside/files/seal.ts';
import { enterSealed } from './seal-files.ts';
import type { SealedPlaces } from './sealed-files.ts';

/** The seal of the App's key. Throws if the file is unreadable or not a key. */
export async function readSeal(privateKeyPath: string): Promise<Seal> {
  return Seal.ofPrivateKey(await readFile(privateKeyPath, 'utf8'));
}

interface Beginning extends SealedPlaces {
  readonly privateKeyPath: string;
  readonly stop: AbortSignal;
  readonly say: (sentence: string) => void;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/**
 * Called by a daemon before it reads anything: uses the seal of the App's key from now on, and makes sure that all files are sealed. Each
 * refused file is logged once. Throws, with what to type, if the daemon must not begin; `stopped`: it was told to stop.
 */
export async function beginSealed(beginning: Beginning): Promise<'sealed' | 'stopped'> {
  const { privateKeyPath, stop, say, log } = beginning;
  const seal = await readSeal(privateKeyPath);
  const told = new Set<string>();
  useSeal(seal, (kind, place, why) => {
    const key = JSON.stringify([kind, place, why]);
    if (told.has(key)) return;
    if (told.size >= mostTold) told.clear();
    told.add(key);
    log.error({ kind, place, why }, 'refused a file');
  });
  const entry = await enterSealed(beginning, seal, { stop, say });
  if (entry.kind === 'refused') throw new Error(entry.message);
  if (entry.kind === 'sealed' && entry.taken > 0)
    log.info(
      { files: entry.taken },
      'sealed what an earlier version had left: from now on a file without a seal is refused',
    );
  return entry.kind;
}

/** How many refused files are remembered; after that they are logged again. */
const mostTold = 1_000;
