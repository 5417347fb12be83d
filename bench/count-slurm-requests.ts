import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const commands = ['sbatch', 'squeue', 'scontrol', 'sacct', 'scancel'];

/** Slurm's commands behind a folder for PATH that writes a line for each call. */
export interface CountedSlurm {
  /** To be put before PATH. */
  readonly directory: string;
  /** Calls since the last time, by command. */
  take(): Promise<Record<string, number>>;
  /** When sbatch was called first since then, by the wall clock; undefined: it was not. */
  firstSbatchAt(): Promise<number | undefined>;
}

/** Makes the folder: each command notes its name and becomes the real one, which is looked for in `path`. */
export async function countSlurmRequests(directory: string, path: string): Promise<CountedSlurm> {
  await mkdir(directory, { recursive: true });
  const calls = join(directory, 'calls');
  const sbatched = join(directory, 'sbatched');
  await writeFile(calls, '');
  for (const name of commands) {
    const script = join(directory, name);
    const note = name === 'sbatch' ? `[ -e '${sbatched}' ] || : >'${sbatched}'\n` : '';
    await writeFile(script, `#!/bin/sh\n${note}echo ${name} >>'${calls}'\nPATH='${path}' exec ${name} "$@"\n`);
    await chmod(script, 0o755);
  }
  return {
    directory,
    async take() {
      const counts: Record<string, number> = {};
      for (const name of (await readFile(calls, 'utf8')).split('\n')) {
        if (name !== '') counts[name] = (counts[name] ?? 0) + 1;
      }
      await writeFile(calls, '');
      await rm(sbatched, { force: true });
      return counts;
    },
    firstSbatchAt: async () => (await stat(sbatched).catch(() => undefined))?.mtimeMs,
  };
}
