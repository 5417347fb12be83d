import type { Markdown } from '../src/outside/forge/forge.ts';
import { repository, type Site } from '../test/system/site.ts';
import type { Measured } from './figure.ts';
import { type KnownJob, makeKnownJobs, showInQueue } from './known-jobs.ts';
import { withQuietSite } from './quiet-site.ts';

/** Many jobs that change in one interval: how often Slurm is asked to release them, and when the rows of all are on GitHub. */
export async function measureChanges(isQuick: boolean): Promise<Measured> {
  const count = isQuick ? 100 : 1_000;
  return await withQuietSite({ isQuick }, async ({ site, slurm }) => {
    await site.run('job_manager.sh', '--max-manager-iterations', '1'); // from now on what lies there has seals
    const jobs = await makeKnownJobs(site, count, 'submitted', (job) => postComment(site, job));
    await showInQueue(slurm, jobs, 'PENDING', 'JobHeldUser');
    await site.startJobManager();
    const untilAll = (row: string) =>
      site.github.waitFor(`${count} rows ${row}`, () => rowsIn(site, jobs, row) === count, 600);
    await untilAll('released');
    const releases = (await slurm.calls('scontrol')).filter((words) => words.includes('release')).length;
    await showInQueue(slurm, jobs, 'RUNNING');
    await untilAll('running');
    const [begin, before] = [performance.now(), site.github.requests.length];
    await showInQueue(slurm, jobs, 'COMPLETED');
    await untilAll('test result');
    const seconds = (performance.now() - begin) / 1000;
    const part = 'changes';
    const github = { what: 'what GitHub allows: 180 changes a minute', value: (count / 180) * 60 };
    return {
      figures: [
        {
          ...{ part, what: `scontrol release for ${count} jobs that are due`, unit: '' },
          ...{ measured: releases, aim: { atMost: Math.ceil(count / 100) } },
        },
        {
          ...{ part, what: `${count} jobs end in one interval: the last row is on GitHub`, unit: 's' },
          ...{ measured: seconds, limit: github, aim: { atMostLimits: 1 } },
        },
        {
          ...{ part, what: `GitHub requests for these ${count} rows`, unit: '' },
          ...{ measured: site.github.requests.length - before, aim: { atMost: count } },
        },
      ],
    };
  });
}

/** Of a pull request that is made where it is missing, as an issue: the bot looks at its comments alone. */
async function postComment({ github }: Site, { id, pullRequest }: KnownJob) {
  while (github.openIssue(repository, 'dave', `Jobs of ${id}`) < pullRequest);
  const head = `New job ${id}\n|date|job status|comment|\n|----------|----------|------------------------|`;
  const { request } = await github.comment(repository, pullRequest, 'my-bot[bot]', head);
  return { kind: 'posted', id: JSON.parse(request.body).comment.id, head: head as Markdown } as const;
}

const rowsIn = ({ github }: Site, jobs: readonly KnownJob[], row: string) => {
  const pullRequests = new Set(jobs.map(({ pullRequest }) => pullRequest));
  const bodies = [...pullRequests].flatMap((number) => github.comments(repository, number).map(({ body }) => body));
  return bodies.filter((body) => body.includes(`|${row}|`)).length;
};
