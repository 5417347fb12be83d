import type { CommentView } from '../stand-ins/github/github-stand-in.ts';
import { repository, type Site } from '../test/system/site.ts';

const targets = Array.from({ length: 50 }, (_, index) => `x86_64/bench/t${index}`);

/** The text of app.cfg with fifty node types. */
export function withTargets(appCfg: string): string {
  const nodeTypes = Object.fromEntries(
    targets.map((subdir, index) => [
      `bench_${index}`,
      { os: 'linux', cpu_subdir: subdir, slurm_params: '--cpus-per-task=1', repo_targets: ['eessi.io-2023.06'] },
    ]),
  );
  return appCfg.replace(/node_type_map = \{[\s\S]*?\n {2}\}\n/, `node_type_map = ${JSON.stringify(nodeTypes)}\n`);
}

export const isOfJob = ({ body }: CommentView) => body.includes('|submitted|');

/** Asks for so many targets. */
export const buildCommand = (count: number) => `bot: build for:arch=${targets.slice(0, count).join('+')} force`;

/** The same, on a pull request. */
export const comment = (site: Site, number: number, count: number) =>
  site.github.comment(repository, number, 'alice', buildCommand(count));

/** The same, until each job has its comment. */
export async function build(site: Site, number: number, count: number, limitSeconds = 120) {
  const before = new Set(site.github.comments(repository, number).map(({ id }) => id));
  const begin = performance.now();
  const sent = comment(site, number, count);
  const comments = await site.github.waitFor(
    `${count} job comments`,
    () => {
      const jobs = site.github.comments(repository, number).filter((each) => !before.has(each.id) && isOfJob(each));
      return jobs.length === count && jobs;
    },
    limitSeconds,
  );
  const milliseconds = performance.now() - begin;
  await sent;
  return { comments, milliseconds };
}
