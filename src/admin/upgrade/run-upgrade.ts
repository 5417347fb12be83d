import { counted } from '../../counted.ts';
import { quoteWord } from '../../daemon/quote-word.ts';
import type { Version } from '../../outside/git/program-clone.ts';
import { wordsOf } from '../../words-of.ts';
import { exchangeProgram, goBack } from './exchange-program.ts';
import { planUpgrade } from './plan-upgrade.ts';
import { prepareVersion, removeNext } from './prepare-version.ts';
import { withUpgradeLease } from './upgrade-lease.ts';
import { noteUpgrade, readLastUpgrade, readUpgradeUnderWay, type UpgradeRecord } from './upgrade-record.ts';
import type { UpgradeTools } from './upgrade-tools.ts';
import { whatMends } from './what-mends.ts';

export interface UpgradeRequest {
  /** A tag, a branch or a commit; undefined: the newest that the clone follows. */
  readonly version?: string;
  /** To the version from before the last upgrade. */
  readonly back: boolean;
  readonly dryRun: boolean;
}

const shownNews = 30;

/**
 * Exchanges the program for another version: fetched, written, installed and checked beside while the daemons run; then they stop, it is
 * checked out, and they start again. The exit status: 0 done; 1 not, as it says; 2 refused, and nothing was changed.
 */
export async function runUpgrade(request: UpgradeRequest, tools: UpgradeTools): Promise<number> {
  return await withUpgradeLease(tools.packages, () => upgradeAlone(request, tools));
}

async function upgradeAlone(request: UpgradeRequest, tools: UpgradeTools): Promise<number> {
  const { packages, directory, clone, say, complain } = tools;
  const begun = await readUpgradeUnderWay(packages);
  if (begun !== undefined) return await goOn(begun, request, tools);
  const from = await clone.now();
  const to = await findTarget(request, tools);
  const plan = await look(from, to, request, tools);
  if (plan.kind === 'nothing to do') {
    say(`This is ${from.name} already: there is nothing to do.`);
    return 0;
  }
  if (plan.kind === 'refuse') return refuse(plan.why, complain);
  say([`From ${tellVersion(from)} to ${tellVersion(plan.to)}.`, ...tellNews(await clone.news(from, plan.to))]);
  const why = await prepareVersion(plan.to, tools);
  // It may have taken minutes: what runs now is what has to be stopped.
  const now = why === undefined ? await look(from, to, request, tools) : plan;
  if (why !== undefined || request.dryRun || now.kind !== 'upgrade') await removeNext(packages);
  if (why !== undefined) {
    const [first, ...others] = why;
    complain([`error: ${plan.to.name} cannot be used: ${first}`, ...others, 'Nothing was changed.']);
    return 2;
  }
  if (now.kind !== 'upgrade') return refuse(now.kind === 'refuse' ? now.why : ['somebody else upgrades it'], complain);
  const { restart, besides } = now;
  if (request.dryRun) {
    const names = restart.map(({ name }) => name).join(' and ');
    say(`It can be done; it would ${names === '' ? 'start no daemon' : `restart ${names}`}. Nothing was changed.`);
    return 0;
  }
  const record = { version: 1, site: directory, from, to: plan.to, restart } as const;
  await noteUpgrade(packages, record);
  const status = await exchangeProgram(record, false, tools);
  for (const sentence of besides) say(sentence);
  return status;
}

/** What an upgrade that was killed has left to do. */
async function goOn(
  begun: UpgradeRecord,
  { version, back, dryRun }: UpgradeRequest,
  tools: UpgradeTools,
): Promise<number> {
  const { say, complain } = tools;
  const { from, to, site } = begun;
  const interrupted = `the upgrade from ${from.name} to ${to.name} was interrupted`;
  const ways = `cd ${quoteWord(site)} && ./bot.sh upgrade, which goes on, or ./bot.sh upgrade --back`;
  if (dryRun || site !== tools.directory || (version !== undefined && version !== to.name))
    return refuse([`${interrupted}; end it first: ${ways}`], complain);
  say(`The upgrade from ${from.name} to ${to.name} was interrupted: it goes ${back ? 'back' : 'on'}.`);
  const running = await tools.lookAtDaemons();
  const stopped = begun.restart.filter(({ name, unit }) => !unit && !running.some((each) => each.name === name));
  if (stopped.length > 0)
    say(
      `Started with the variables of this shell: ${stopped.map(({ name }) => name).join(', ')}. Its secrets have to be set here.`,
    );
  return back ? await goBack(begun, undefined, tools) : await exchangeProgram(begun, true, tools);
}

async function look(from: Version, to: Version | undefined, wanted: UpgradeRequest, tools: UpgradeTools) {
  const { root, directory, clone } = tools;
  const inTheWay = to === undefined ? { changed: [], ownCommits: 0, untracked: [] } : await clone.inTheWayOf(to);
  const running = await tools.lookAtDaemons();
  return planUpgrade({ root, directory, from, to, wanted, inTheWay, running, others: await tools.lookAtOthers() });
}

function refuse(why: readonly string[], complain: UpgradeTools['complain']): number {
  complain([...why.map((each) => `error: ${each}`), 'Nothing was changed.']);
  return 2;
}

/** Throws a sentence where the server cannot be asked. */
async function findTarget(
  { version, back }: UpgradeRequest,
  { clone, root, packages }: UpgradeTools,
): Promise<Version | undefined> {
  // Its branch has moved on: a commit alone.
  if (back)
    return await readLastUpgrade(packages).then((last) => last && { name: last.from.name, commit: last.from.commit });
  await clone.fetch().catch((cause: unknown) => {
    const words = wordsOf(cause);
    const mend = whatMends(words, root);
    const ends = mend === undefined ? '' : `\nWhat mends it: ${mend}`;
    throw new Error(`the server could not be asked for versions: ${words}${ends}`, { cause });
  });
  return await clone.find(version);
}

function tellVersion({ name, commit, branch }: Version): string {
  if (commit.startsWith(name)) return name;
  return `${name === branch ? `branch ${name}` : name} (${commit.slice(0, 7)})`;
}

function tellNews(news: readonly string[]): readonly string[] {
  const left = news.length - shownNews;
  if (news.length === 0) return [];
  return [
    'New in CHANGELOG.md:',
    ...news.slice(0, shownNews),
    ...(left > 0 ? [`… and ${counted(left, 'more line')}`] : []),
  ];
}
