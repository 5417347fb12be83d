import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const commands = ['sbatch', 'squeue', 'scontrol', 'sacct', 'scancel'];

/** Slurm's commands behind a folder for PATH that writes a line for each call. */
export interface CountedSlurm {
  /** To be put before PATH. */
  readonly directory: string;
  /** Calls since the last time, by command. */
  take(): Promise<Record<string, number>>;
}

/** Makes the folder: each command notes its name and becomes the real one, which is looked for in `path`. */
export async function countSlurmRequests(directory: string, path: string): Promise<CountedSlurm> {
  await mkdir(directory, { recursive: true });
  const calls = join(directory, 'calls');
  await writeFile(calls, '');
  for (const name of commands) {
    const script = join(directory, name);
    await writeFile(script, `#!/bin/sh\necho ${name} >>'${calls}'\nPATH='${path}' exec ${name} "$@"\n`);
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
      return counts;
    },
  };
}
