import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { SlurmSettings } from './slurm-conf.ts';
import { type RealSlurm, startSlurm } from './start-slurm.ts';

interface SlurmOfTests extends RealSlurm {
  /** For other files of these tests; removed after the last one. */
  readonly directory: string;
}

/** A private Slurm for all tests of a file: it runs from before the first one until after the last one. */
export function realSlurm(settings: SlurmSettings = {}): () => SlurmOfTests {
  let slurm: RealSlurm | undefined;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bot-slurm-'));
    slurm = await startSlurm(join(directory, 'slurm'), settings);
  });
  afterAll(async () => {
    await slurm?.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  return () => {
    if (slurm === undefined) throw new Error('Slurm runs only while the tests of the file do');
    return { ...slurm, directory };
  };
}
