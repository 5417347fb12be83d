import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../test/slurm/run-command.ts';
import { repository, type Site } from '../test/system/site.ts';
import { percentile } from './percentile.ts';

/** Milliseconds of what no bot can do without: a fetch from GitHub into a mirror, a clone of that, sbatch. Median of ten. */
export async function buildAlone(site: Site, slurm: Readonly<Record<string, string>>): Promise<number> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-alone-')));
  const environment = { PATH: process.env['PATH'] ?? '', HOME: directory, ...slurm };
  const run = (program: string, ...words: string[]) => runCommand({ environment, cwd: directory }, program, ...words);
  const bare = join(site.directory, 'github', `${repository}.git`);
  try {
    await run('git', 'clone', '--quiet', '--mirror', bare, 'mirror.git');
    const times: number[] = [];
    for (let round = 0; round < 10; round++) {
      const begin = performance.now();
      await run('git', '-C', 'mirror.git', 'fetch', '--quiet');
      await run('git', 'clone', '--quiet', '--local', 'mirror.git', `job-${round}`);
      await run('sbatch', '--hold', `--chdir=${directory}/job-${round}`, '--wrap=true');
      times.push(performance.now() - begin);
    }
    return percentile(times, 0.5);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
