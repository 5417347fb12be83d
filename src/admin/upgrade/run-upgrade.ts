import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clone, InTheWay, Version } from '../../outside/git/program-clone.ts';
import { wordsOf } from '../../words-of.ts';
import { exchangeProgram } from './exchange-program.ts';
import { planUpgrade, type SeenDaemon } from './plan-upgrade.ts';
import { nextIn, prepareVersion } from './prepare-version.ts';
import { noteUpgrade, readLastUpgrade, readUpgradeUnderWay } from './upgrade-record.ts';

/** What an upgrade works with. */
export type UpgradeTools = Parameters<typeof prepareVersion>[2] &
  Parameters<typeof exchangeProgram>[2] & {
    readonly clone: Clone;
    /** Where the admin is, with app.cfg. */
    readonly directory: string;
    readonly lookAtDaemons: () => Promise<readonly SeenDaemon[]>;
    readonly say: (lines: string | readonly string[]) => void;
  };

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
 * checked out, and they start again. The exit status: 0 done; 1 or 2 not, and all is as it was.
 */
export async function runUpgrade(request: UpgradeRequest, tools: UpgradeTools): Promise<number> {
  const { root, directory, clone, say, complain } = tools;
  const packages = join(root, '.packages');
  await mkdir(packages, { recursive: true });
  const begun = await readUpgradeUnderWay(packages);
  if (begun !== undefined) {
    say(`The upgrade from ${begun.from.name} to ${begun.to.name} was interrupted: it goes on.`);
    return await exchangeProgram(begun, packages, tools);
  }
  const from = await clone.now();
  const to = await findTarget(request, packages, clone);
  const inTheWay: InTheWay =
    to === undefined ? { changed: [], ownCommits: 0, untracked: [] } : await clone.inTheWayOf(to);
  const running = await tools.lookAtDaemons();
  const plan = planUpgrade({ root, directory, from, to, wanted: request, inTheWay, running });
  if (plan.kind === 'nothing to do') {
    say(`This is ${from.name} already: there is nothing to do.`);
    return 0;
  }
  if (plan.kind === 'refuse') {
    complain([...plan.why.map((why) => `error: ${why}`), 'Nothing was changed.']);
    return 2;
  }
  say([`From ${tellVersion(from)} to ${tellVersion(plan.to)}.`, ...tellNews(await clone.news(from, plan.to))]);
  const why = await prepareVersion(plan.to, packages, tools);
  if (why !== undefined || request.dryRun) await rm(nextIn(packages), { recursive: true, force: true, maxRetries: 10 });
  if (why !== undefined) {
    const [first, ...others] = why;
    complain([`error: ${plan.to.name} cannot be used: ${first}`, ...others, 'Nothing was changed.']);
    return 2;
  }
  const { restart } = plan;
  if (request.dryRun) {
    const names = restart.map(({ name }) => name).join(' and ');
    say(`It can be done; it would ${names === '' ? 'start no daemon' : `restart ${names}`}. Nothing was changed.`);
    return 0;
  }
  const record = { version: 1, from, to: plan.to, restart } as const;
  await noteUpgrade(packages, record);
  return await exchangeProgram(record, packages, tools);
}

/** Throws a sentence where the server cannot be asked. */
async function findTarget(
  { version, back }: UpgradeRequest,
  packages: string,
  clone: Clone,
): Promise<Version | undefined> {
  // Its branch has moved on: a commit alone.
  if (back)
    return await readLastUpgrade(packages).then((last) => last && { name: last.from.name, commit: last.from.commit });
  await clone.fetch().catch((cause: unknown) => {
    throw new Error(`the server could not be asked for versions: ${wordsOf(cause)}`, { cause });
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
  return ['New in CHANGELOG.md:', ...news.slice(0, shownNews), ...(left > 0 ? [`… and ${left} more lines`] : [])];
}
