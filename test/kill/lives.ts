import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLedger } from '../../src/jobs/ledger.ts';
import { repository } from '../system/site.ts';
import type { Daemon, KillPoint } from './daemon.ts';
import { mask } from './mask.ts';
import { type KillSite, until, type World } from './world.ts';

/** How a life ended. */
export interface LifeEnd {
  readonly reached: boolean;
  /** What others see and the next life builds on; the same after every life. */
  readonly view: readonly string[];
  /** What is not as it has to be, sentences. */
  readonly wrong: readonly string[];
  /** Temporary files and the like that nobody needs any more. */
  readonly leftOver: readonly string[];
  readonly calls: readonly string[];
}

export interface Life {
  live(kill: KillPoint | undefined): Promise<LifeEnd>;
  close(): Promise<void>;
}

const bothTargets = 'Please.\nbot: build';
const noPoint: KillPoint = { at: '', when: 'before' };

/** Lives of the event handler, each on a site of its own: a command with two targets, the label, the end of the pull request. */
export function eventHandlerLives(world: World): Life {
  return {
    async live(kill = noPoint) {
      const site = await world.newSite();
      try {
        const trace = join(site.directory, 'trace');
        const daemon = site.startEventHandler(trace, kill);
        await site.listening(daemon);
        const number = await openPullRequest(site);
        await site.listening(daemon);
        await site.github.comment(repository, number, 'alice', bothTargets);
        await until('two jobs that are handed over', async () => (await site.linkIds('jobs/.bot/handed-over')).length >= 2);
        await label(site, daemon, number);
        await close(site, daemon, number);
        await until('an empty inbox', async () => (await deliveries(site, 'new')).length === 0);
        await daemon.stop();
        return { ...(await lookAtHandedOver(site, number)), reached: daemon.deaths > 0, calls: await callsIn(trace) };
      } finally {
        await site.close();
      }
    },
    async close() {},
  };
}

const openPullRequest = (site: KillSite) =>
  site.github.openPullRequest(repository, { branch: 'zlib', user: 'dave' });

async function label(site: KillSite, eventHandler: Daemon, number: number): Promise<void> {
  const before = (await orders(site)).length;
  await site.listening(eventHandler);
  await site.github.setLabel(repository, number, 'carol', 'bot:deploy');
  await until('the order to deploy', async () => (await orders(site)).length > before);
}

async function close(site: KillSite, eventHandler: Daemon, number: number): Promise<void> {
  const before = (await orders(site)).length;
  await site.listening(eventHandler);
  await site.github.closePullRequest(repository, number, 'dave');
  await until('the order to clean up', async () => (await orders(site)).length > before);
}

const isJson = (name: string) => name.endsWith('.json') && !name.startsWith('.');
const openOrders = async (site: KillSite) => (await site.names('jobs/.bot/orders')).filter(isJson);
const orders = async (site: KillSite) => [
  ...(await openOrders(site)),
  ...(await site.names('jobs/.bot/orders/done')).filter(isJson),
];
const deliveries = async (site: KillSite, stage: string) => (await site.names(`jobs/.bot/inbox/${stage}`)).filter(isJson);

async function lookAtHandedOver(site: KillSite, number: number): Promise<Pick<LifeEnd, 'view' | 'wrong' | 'leftOver'>> {
  const jobs = await site.slurmJobs();
  const wrong: string[] = [];
  const expectCount = (what: string, found: number, wanted: number) => {
    if (found !== wanted) wrong.push(`${what}: ${found} instead of ${wanted}`);
  };
  expectCount('Slurm jobs', jobs.length, 2);
  expectCount('directories with Slurm jobs', new Set(jobs.map(({ directory }) => directory)).size, 2);
  expectCount('first comments of jobs', site.jobComments(number).length, 2);
  for (const { id } of jobs) {
    expectCount(
      `first comments of job ${id}`,
      site.jobComments(number).filter(({ body }) => body.includes(`job id \`${id}\``)).length,
      1,
    );
  }
  expectCount('other comments', site.botComments(number).length - site.jobComments(number).length, 2);
  expectCount('deliveries that wait', (await deliveries(site, 'new')).length, 0);
  expectCount('deliveries set aside', (await deliveries(site, 'failed')).length, 0);
  expectCount('deliveries worked off', (await deliveries(site, 'done')).length, 4);
  const handedOver = await site.linkIds('jobs/.bot/handed-over');
  if (handedOver.join() !== jobs.map(({ id }) => id).sort().join()) wrong.push(`handed over: ${handedOver.join()}`);
  const files = await listing(join(site.directory, 'jobs'));
  return {
    view: [...commentsOf(site, number), ...(await contents(site, files.used)), ...files.used.map(mask).sort()],
    wrong,
    leftOver: files.leftOver.map(mask),
  };
}

function commentsOf(site: KillSite, number: number): string[] {
  const masked = (text: string) => mask(text.replaceAll(site.directory, ''));
  return site.github
    .comments(repository, number)
    .map(({ author, body, reactions }) => {
      const rows = body.split('\n').filter((line) => !line.includes('|running|')); // a job may be quicker than an interval
      return masked([author, ...rows, ...reactions.map(({ content, user }) => `:${content}: ${user}`)].join('\n'));
    })
    .sort();
}

/** What the next program reads. */
async function contents(site: KillSite, files: readonly string[]): Promise<string[]> {
  const read = files.filter((name) => /(_bot_job.*|orders\/[^/]+\.json|cfg\/[^/]+)$/.test(name));
  const texts = read.map(async (name) => {
    const text = await readFile(join(site.directory, 'jobs', name), 'utf8');
    return mask(`${name}:\n${text}`.replaceAll(site.directory, ''));
  });
  return (await Promise.all(texts)).sort();
}

const isTemporary = (name: string) => /(\.tmp|\.stale|\.now|\.preparing|\.moving|\.copying|\/tmp\/[^/]+)$/.test(name);

/** All files, but not those inside of git's own directories; in these only what is temporary. */
async function listing(top: string): Promise<{ used: string[]; leftOver: string[] }> {
  const [used, leftOver]: [string[], string[]] = [[], []];
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(top, below))).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      if (isTemporary(path)) {
        leftOver.push(path);
        continue;
      }
      if (path === '.bot/locks' || name === '.git' || path.startsWith('.bot/mirrors')) continue;
      used.push(path);
      if ((await lstat(join(top, path))).isDirectory()) await walk(path);
    }
  };
  await walk('');
  return { used, leftOver };
}

async function callsIn(trace: string): Promise<string[]> {
  const text = await readFile(trace, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => line.split('\t')[1] ?? []);
}

/** Lives of the job manager: from two jobs that are handed over until they lie in the trash bin. The event handler runs on through all. */
export async function jobManagerLives(world: World): Promise<Life> {
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
        await until('two jobs that are handed over', async () => (await site.linkIds('jobs/.bot/handed-over')).length >= 2);
        const trace = join(site.directory, `trace-${++lives}`);
        const daemon = site.startJobManager(trace, kill);
        await until('the test results', () => hasRows(site, number, 'test result'));
        await label(site, eventHandler, number);
        await until('the uploads', () => hasRows(site, number, 'uploaded'));
        await close(site, eventHandler, number);
        await until('the end of the orders', async () => (await openOrders(site)).length === 0);
        await until('nothing left to follow', async () => (await site.linkIds('ids/submitted')).length === 0);
        await daemon.stop();
        const seen = await lookAtTheEnd(site, number, before);
        if (seen.wrong.length > 0) await end();
        return { ...seen, reached: daemon.deaths > 0, calls: await callsIn(trace) };
      } catch (error) {
        await end();
        throw error;
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

async function lookAtTheEnd(site: KillSite, number: number, before: Before): Promise<Pick<LifeEnd, 'view' | 'wrong' | 'leftOver'>> {
  const wrong: string[] = [];
  const expectCount = (what: string, found: number, wanted: number) => {
    if (found !== wanted) wrong.push(`${what}: ${found} instead of ${wanted}`);
  };
  const jobs = (await site.slurmJobs()).filter(({ id }) => !before.jobs.has(id));
  expectCount('Slurm jobs', jobs.length, 2);
  expectCount('jobs COMPLETED', jobs.filter(({ state }) => state === 'COMPLETED').length, 2);
  const ids = jobs.map(({ id }) => id);
  for (const { body } of site.jobComments(number)) {
    for (const state of ['submitted', 'released', 'finished', 'test result', 'uploaded']) {
      expectCount(`rows ${state}`, body.split(`|${state}|`).length - 1, 1);
    }
    if (body.split('|running|').length > 2) wrong.push('rows running: more than one');
    if (body.includes('|not uploaded|')) wrong.push('a row not uploaded');
  }
  expectCount('comments of moved directories', site.botComments(number).filter(({ body }) => body.includes('/trash/')).length, 1);
  const uploaded = (await site.uploaded()).filter((name) => !before.uploaded.has(name));
  expectCount('artefacts in the store', uploaded.length, 2);
  const lists = (await uploadedTxts(site)).filter((name) => !before.trash.has(name));
  expectCount('lists of what was uploaded', lists.length, 1);
  const listed = (await site.text(join('trash', lists[0] ?? ''))).trim().split('\n');
  expectCount('lines of uploaded.txt', listed.length, 2);
  expectCount('different lines of uploaded.txt', new Set(listed).size, 2);
  const ledger = await readLedger(site.stateDir);
  const mine = ledger.entries.slice(before.ledgerLines);
  expectCount('lines of the ledger', mine.length, 2);
  expectCount('lines of the ledger that say uploaded', mine.filter(({ outcome }) => outcome === 'uploaded').length, 2);
  if (ledger.brokenLine !== undefined) wrong.push(`line ${ledger.brokenLine} of the ledger is broken`);
  expectCount('jobs handed over and not taken', (await site.linkIds('jobs/.bot/handed-over')).length, 0);
  const finished = await site.linkIds('ids/finished');
  expectCount('jobs in finished/', ids.filter((id) => finished.includes(id)).length, 2);
  expectCount('orders set aside', (await site.names('jobs/.bot/orders/failed')).length, 0);
  for (const month of (await site.names('jobs')).filter((name) => name !== '.bot')) {
    const there = await site.names(`jobs/${month}`);
    if (there.length > 0) wrong.push(`jobs/${month} still has ${there.join(', ')}`);
  }
  const leftOver = (await leftOverOf(site)).filter((name) => !before.leftOver.has(name));
  return { view: commentsOf(site, number), wrong, leftOver: leftOver.map(mask) };
}
