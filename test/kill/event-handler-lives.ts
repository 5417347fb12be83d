import { join } from 'node:path';
import { repository } from '../system/site.ts';
import {
  bothTargets,
  callsIn,
  close,
  deliveries,
  type Life,
  type LifeEnd,
  label,
  noPoint,
  openPullRequest,
  withCircumstances,
  wrongCounts,
} from './life.ts';
import { commentsOf, contents, listing } from './look-at-site.ts';
import { mask } from './mask.ts';
import { type KillSite, until, type World } from './world.ts';

/** Lives of the event handler, each on a site of its own: a command with two targets, the label, the end of the pull request. */
export function eventHandlerLives(world: World): Life {
  return {
    async live(kill = noPoint) {
      const site = await world.newSite(kill.when === 'orphan');
      try {
        const trace = join(site.directory, 'trace');
        const daemon = site.startEventHandler(trace, kill);
        await site.listening(daemon);
        const number = await openPullRequest(site);
        await site.listening(daemon);
        await site.github.comment(repository, number, 'alice', bothTargets);
        await until(
          'two jobs that are handed over',
          async () => (await site.linkIds('jobs/.bot/handed-over')).length >= 2,
        );
        await label(site, daemon, number);
        await close(site, daemon, number);
        await until('an empty inbox', async () => (await deliveries(site, 'new')).length === 0);
        await daemon.stop();
        return { ...(await lookAtHandedOver(site, number)), reached: daemon.deaths > 0, calls: await callsIn(trace) };
      } catch (error) {
        throw await withCircumstances(error, site);
      } finally {
        await site.close();
      }
    },
    async close() {},
  };
}

async function lookAtHandedOver(site: KillSite, number: number): Promise<Pick<LifeEnd, 'view' | 'wrong' | 'leftOver'>> {
  const jobs = await site.slurmJobs();
  const first = site.jobComments(number);
  const ids = jobs.map(({ id }) => id).sort();
  const wrong = wrongCounts([
    ['Slurm jobs', jobs.length, 2],
    ['directories with Slurm jobs', new Set(jobs.map(({ directory }) => directory)).size, 2],
    ['first comments of jobs', first.length, 2],
    [
      'jobs with a first comment',
      ids.filter((id) => first.some(({ body }) => body.includes(`job id \`${id}\``))).length,
      2,
    ],
    ['other comments', site.botComments(number).length - first.length, 2],
    ['deliveries that wait', (await deliveries(site, 'new')).length, 0],
    ['deliveries set aside', (await deliveries(site, 'failed')).length, 0],
    ['jobs handed over', (await site.linkIds('jobs/.bot/handed-over')).filter((id) => ids.includes(id)).length, 2],
  ]);
  const files = await listing(join(site.directory, 'jobs'));
  const view = [...commentsOf(site, number), ...(await contents(site, files.used)), ...files.used.map(mask).sort()];
  return { view, wrong, leftOver: files.leftOver.map(mask) };
}
