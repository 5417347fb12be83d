import { join } from 'node:path';
import { readLedger } from '../../src/jobs/ledger.ts';
import { repository } from '../system/site.ts';
import type { Daemon } from './daemon.ts';
import {
  bothTargets,
  callsIn,
  close,
  type Life,
  type LifeEnd,
  label,
  noPoint,
  openOrders,
  openPullRequest,
  withCircumstances,
  wrongCounts,
} from './life.ts';
import { commentsOf, listing } from './look-at-site.ts';
import { mask } from './mask.ts';
import { type KillSite, until, type World } from './world.ts';

/** Lives of the job manager: from two jobs that are handed over until they lie in the trash bin. The event handler runs on through all. */
export function jobManagerLives(world: World): Life {
  let begun: { site: KillSite; eventHandler: Daemon } | undefined;
  let lives = 0;
  const begin = async () => {
    const site = await world.newSite();
    const eventHandler = site.startEventHandler(join(site.directory, 'trace'));
    await site.listening(eventHandler);
    return { site, eventHandler };
  };
  const end = async () => {
    await begun?.site.close();
    begun = undefined;
  };
  return {
    async live(kill = noPoint) {
      begun ??= await begin();
      const { site, eventHandler } = begun;
      try {
        const before = await remember(site);
        const number = await openPullRequest(site);
        await site.github.comment(repository, number, 'alice', bothTargets);
        await until(
          'two jobs that are handed over',
          async () => (await site.linkIds('jobs/.bot/handed-over')).length >= 2,
        );
        const trace = join(site.directory, `trace-${++lives}`);
        const daemon = site.startJobManager(trace, kill);
        await until('the test results', () => hasRows(site, number, 'test result'));
        await label(site, eventHandler, number);
        await until('the uploads', () => hasRows(site, number, 'uploaded'));
        // Else the clean-up takes the jobs in two goes, which is right, but differs.
        await until('nothing left to follow', async () => (await site.linkIds('ids/submitted')).length === 0);
        await close(site, eventHandler, number);
        await until('the end of the orders', async () => (await openOrders(site)).length === 0);
        await until('nothing left to follow', async () => (await site.linkIds('ids/submitted')).length === 0);
        await daemon.stop();
        const seen = await lookAtTheEnd(site, number, before);
        if (seen.wrong.length > 0) await end();
        return { ...seen, reached: daemon.deaths > 0, calls: await callsIn(trace) };
      } catch (error) {
        const told = await withCircumstances(error, site);
        await end();
        throw told;
      }
    },
    close: end,
  };
}

function hasRows(site: KillSite, number: number, state: string): boolean {
  return site.jobComments(number).filter(({ body }) => body.includes(`|${state}|`)).length >= 2;
}

interface Before {
  readonly jobs: ReadonlySet<string>;
  readonly uploaded: ReadonlySet<string>;
  readonly ledgerLines: number;
  readonly leftOver: ReadonlySet<string>;
  readonly trash: ReadonlySet<string>;
}

async function remember(site: KillSite): Promise<Before> {
  return {
    jobs: new Set((await site.slurmJobs()).map(({ id }) => id)),
    uploaded: new Set(await site.uploaded()),
    ledgerLines: (await readLedger(site.stateDir)).entries.length,
    leftOver: new Set(await leftOverOf(site)),
    trash: new Set(await uploadedTxts(site)),
  };
}

async function lookAtTheEnd(
  site: KillSite,
  number: number,
  before: Before,
): Promise<Pick<LifeEnd, 'view' | 'wrong' | 'leftOver'>> {
  const leftOver = (await leftOverOf(site)).filter((name) => !before.leftOver.has(name));
  const wrong = [
    ...wrongJobs(
      (await site.slurmJobs()).filter(({ id }) => !before.jobs.has(id)),
      await site.linkIds('ids/finished'),
    ),
    ...site.jobComments(number).flatMap(({ body }) => wrongRows(body)),
    ...(await wrongUploads(site, before)),
    ...(await wrongRest(site, number)),
  ];
  return { view: commentsOf(site, number), wrong, leftOver: leftOver.map(mask) };
}

function wrongJobs(jobs: Awaited<ReturnType<KillSite['slurmJobs']>>, finished: readonly string[]): string[] {
  return wrongCounts([
    ['Slurm jobs', jobs.length, 2],
    ['jobs COMPLETED', jobs.filter(({ state }) => state === 'COMPLETED').length, 2],
    ['jobs in finished/', jobs.filter(({ id }) => finished.includes(id)).length, 2],
  ]);
}

function wrongRows(body: string): string[] {
  const count = (state: string) => body.split(`|${state}|`).length - 1;
  return wrongCounts([
    ...['submitted', 'released', 'finished', 'test result', 'uploaded'].map(
      (each) => [`rows ${each}`, count(each), 1] as const,
    ),
    ['rows running', count('running'), Math.min(1, count('running'))], // a job may be quicker than an interval
    ['rows not uploaded', count('not uploaded'), 0],
  ]);
}

async function wrongUploads(site: KillSite, before: Before): Promise<string[]> {
  const lists = (await uploadedTxts(site)).filter((name) => !before.trash.has(name));
  const lines = (await site.text(join('trash', lists[0] ?? ''))).trim().split('\n');
  const ledger = await readLedger(site.stateDir);
  const mine = ledger.entries.slice(before.ledgerLines);
  return wrongCounts([
    ['artefacts in the store', (await site.uploaded()).filter((name) => !before.uploaded.has(name)).length, 2],
    ['lists of what was uploaded', lists.length, 1],
    ['lines of uploaded.txt', lines.length, 2],
    ['different lines of uploaded.txt', new Set(lines).size, 2],
    ['lines of the ledger', mine.length, 2],
    ['lines of the ledger that say uploaded', mine.filter(({ outcome }) => outcome === 'uploaded').length, 2],
    ['broken lines of the ledger', ledger.brokenLine === undefined ? 0 : 1, 0],
  ]);
}

async function wrongRest(site: KillSite, number: number): Promise<string[]> {
  const months = (await site.names('jobs')).filter((name) => name !== '.bot');
  const directories = (await Promise.all(months.map((month) => site.names(`jobs/${month}`)))).flat();
  return wrongCounts([
    [
      'comments of moved directories',
      site.botComments(number).filter(({ body }) => body.includes('/trash/')).length,
      1,
    ],
    ['jobs handed over and not taken', (await site.linkIds('jobs/.bot/handed-over')).length, 0],
    ['orders set aside', (await site.names('jobs/.bot/orders/failed')).length, 0],
    ['job directories that were not moved', directories.length, 0],
  ]);
}

async function leftOverOf(site: KillSite): Promise<string[]> {
  const found = [];
  for (const top of ['jobs', 'trash', 'ids']) {
    const { leftOver } = await listing(join(site.directory, top)).catch(() => ({ leftOver: [] }));
    found.push(...leftOver.map((name) => `${top}/${name}`));
  }
  return found;
}

async function uploadedTxts(site: KillSite): Promise<string[]> {
  const { used } = await listing(join(site.directory, 'trash')).catch(() => ({ used: [] }));
  return used.filter((name) => name.endsWith('/uploaded.txt'));
}
