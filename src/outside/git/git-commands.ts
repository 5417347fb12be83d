import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { machineClock } from '../../daemon/clock.ts';
import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import { mayWrite } from '../files/check-before-writes.ts';
import { exists } from '../files/exists.ts';
import { listNames } from '../files/list-names.ts';
import { type GitPlaces, repositoryDirectory } from '../forge/forge.ts';
import { indexInfo, readChangedTree } from './change-tree.ts';
import { expectOtherInodes, setOrigin } from './clone-config.ts';
import { copyClone } from './copy-clone.ts';
import type { Git, GitFailure, Mirror, ReadChange } from './git.ts';
import { giveObjects } from './give-objects.ts';
import { judgeGitFailure } from './judge-git-failure.ts';
import { MirrorUse } from './mirror-use.ts';
import { parseFetchHead } from './parse-fetch-head.ts';
import { RecentReads } from './recent-reads.ts';
import { GitFailed, type InRepository, inRepository, runGit } from './run-git.ts';
import { SuspectMirrors } from './suspect-mirrors.ts';

interface GitOptions extends GitPlaces {
  /** Bare clones lie here, `OWNER/REPO.git`. */
  readonly mirrorsDir: string;
  /** Job directories share no file with the mirrors: jobs run as another account, which could not read them. */
  readonly withoutHardLinks?: boolean;
  /** What git sees on mirrors and job directories, and where it talks to a server: child-environment.ts. */
  readonly environments: Readonly<Record<'local' | 'remote', Readonly<Record<string, string>>>>;
  /** Prints the user name or the password that git asks for; it finds the token in BTD_GIT_TOKEN, and the server that may get it in BTD_GIT_SERVER. */
  readonly askpassProgram: string;
  /** A token that reads private repositories, for where git's own configuration and ~/.netrc have nothing. */
  readonly readToken: () => Promise<string>;
}

/** Nothing that a server sends starts a program, leads to another protocol, or packs a mirror while others read it. */
const safeConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.ext.allow=never',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

/** One at a time changes a mirror: fetches into it, packs it, puts another one in its place. */
const inTurn = oneAtATime();
const use = new MirrorUse();
const recent = new RecentReads();
const suspects = new SuspectMirrors();

/** The git of this machine, on mirrors of the target repositories. */
export function gitCommands(options: GitOptions): Git {
  const mirrorPath = ({ repository }: Mirror) =>
    join(options.mirrorsDir, `${repositoryDirectory(repository).toLowerCase()}.git`);

  /** By the bot's own configuration alone. */
  const local = inRepository([], options.environments.local);
  const inMirror = (path: string) => inRepository([`--git-dir=${path}`], options.environments.local);

  /** By the account's configuration: it says how to reach the server. */
  const remote = async (words: readonly string[]) => {
    const environment = { ...options.environments.remote, ...(await tokenFor(options)) };
    return await runGit([...safeConfig, ...words], { environment });
  };

  const makeMirror = async (path: string) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await local(['init', '--quiet', '--bare', '--template=', path]);
  };

  /** The commits that these are; undefined for one that is not there. */
  const findCommits = async (path: string, names: readonly string[]) => {
    const input = names.map((name) => `${name}^{commit}\n`).join('');
    const found = (await inMirror(path)(['cat-file', '--batch-check'], { input })).split('\n');
    return names.map((_, index) => /^([0-9a-f]{40,64}) commit /.exec(found[index] ?? '')?.[1]);
  };

  const fetch = async (path: string, from: string, references: readonly string[]) =>
    await remote([`--git-dir=${path}`, 'fetch', '--progress', '--prune', from, ...references]);

  return {
    async fetchMirror(mirror, wanted, since = Infinity, until = Promise.resolve()) {
      const path = mirrorPath(mirror);
      const from = options.addressOf(mirror.repository);
      const pull = options.headOf(mirror.pullRequest);
      const branch = `refs/heads/${mirror.baseBranch}`;
      const what = `${from} ${branch} ${pull}`;
      const bring = async (into: string) => {
        await fetch(into, from, ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', `+${pull}:${pull}`]);
        const brought = parseFetchHead(await readFile(join(into, 'FETCH_HEAD'), 'utf8'));
        const base = brought.get(branch);
        if (base !== undefined && brought.get(pull) === wanted) return { commits: [base, wanted, wanted] };
        return { commits: await findCommits(into, [branch, pull, wanted]) };
      };
      return await inTurn(path, async () => {
        const begun = machineClock.monotonic();
        const shared = recent.fetchedSince(path, what, since, begun);
        const isThere = await exists(path);
        const isSuspect = isThere && suspects.isSuspect(path);
        let damage = isSuspect ? 'git gave up on it for an earlier command' : undefined;
        const found = await answer('clone', async () => {
          if (isSuspect) return await makeAnew(path, makeMirror, bring);
          if (shared?.headSha === wanted) return { commits: [shared.baseSha, wanted, wanted] };
          if (shared) return { commits: [shared.baseSha, shared.headSha, ...(await findCommits(path, [wanted]))] };
          if (!(await exists(join(path, 'HEAD')))) await makeMirror(path);
          return await bring(path).catch(async (error: unknown) => {
            // A mirror is a copy: where a power cut, or a git that was killed, has damaged it, another one takes its place.
            if (!isThere || !isOfMirror(error, path) || !suspects.mayBeMadeAnew(path)) throw error;
            damage = error.message;
            return await makeAnew(path, makeMirror, bring);
          });
        });
        if ('kind' in found) return found;
        const [baseSha, headSha, known] = found.commits;
        if (baseSha === undefined || headSha === undefined) {
          const missing = baseSha === undefined ? mirror.baseBranch : pull;
          return { kind: 'failed', step: 'checkout', message: `fatal: the repository has no branch '${missing}'` };
        }
        recent.noteFetch(path, what, shared ?? { begun, baseSha, headSha });
        // After a forced push no reference leads to the replaced commits; the forge still gives them by their ids.
        const fetched =
          known === undefined
            ? await answer('diff', async () => ({ done: await fetch(path, from, [wanted]) }))
            : undefined;
        if (fetched !== undefined && 'kind' in fetched) return fetched;
        use.begin(path, until);
        return { kind: 'fetched', baseSha, headSha, ...(damage !== undefined && { damage }) };
      });
    },

    async readChange({ mirror, baseSha, headSha }, file) {
      const path = mirrorPath(mirror);
      const git = inMirror(path);
      const commits = `${baseSha}..${headSha}`;
      await rm(file, { force: true }); // git would write into one that is kept
      const before = await recent.takeChange(path, commits, file);
      if (before !== undefined) return before;
      const change = await readChangeNow(git, { baseSha, headSha }, file, mayPassIn(path, `${mirror.pullRequest}`));
      if (change.kind === 'change') await recent.keepChange(path, commits, { change, file });
      return change;
    },

    async checkOut(mirror, reading, directory) {
      const path = mirrorPath(mirror);
      const make = async () => {
        // The name is never an argument of its own: a branch may be called --upload-pack.
        const branch = `--branch=${mirror.baseBranch}`;
        const words = ['clone', '--quiet', '--shared', '--no-checkout', '--template=', branch, '--', path, directory];
        await local(words);
        const change = await reading;
        if (change.kind === 'failed') return change;
        await setOrigin(directory, options.addressOf(mirror.repository));
        const git = inRepository(['-C', directory], options.environments.local);
        await git(['read-tree', '--reset', '-u', change.tree]);
        // HEAD and index are those of the base branch, as after `git apply`.
        await git(['reset', '--quiet', '--mixed', change.base]);
        if (change.submodules.length > 0)
          await git(['update-index', '-z', '--index-info'], { input: indexInfo(change.submodules) });
        return { kind: 'checked-out' } as const;
      };
      return await answer('clone', make, mayPassIn(path, `${mirror.pullRequest}`));
    },

    async copyCheckOut(from, directory) {
      return await answer('clone', async () => {
        await copyClone(from, directory, options.environments.local);
        await expectOtherInodes(directory);
        return { kind: 'checked-out' } as const;
      });
    },

    async giveObjects(mirror, directory) {
      await giveObjects(mirrorPath(mirror), directory, options.withoutHardLinks ? 'copies' : 'links');
    },

    async clone(address, directory) {
      return await answer('clone', async () => {
        await remote([
          'clone',
          '--no-checkout',
          '--progress',
          '--template=',
          '--origin=origin',
          '--',
          address,
          directory,
        ]);
        // A repository without a commit has nothing to check out.
        const hasCommit = (await findCommits(join(directory, '.git'), ['HEAD']))[0] !== undefined;
        if (hasCommit) await local(['-C', directory, 'reset', '--quiet', '--hard']);
        return { kind: 'cloned' } as const;
      });
    },

    async packMirrors() {
      const failures: { mirror: string; message: string }[] = [];
      for (const path of await mirrorsIn(options.mirrorsDir)) {
        // Not in the background, where nobody would know that it runs.
        const words = ['-c', 'gc.auto=6700', '-c', 'gc.autoDetach=false', '-c', 'maintenance.autoDetach=false'];
        const pack = async () => {
          await rm(`${path}${freshEnding}`, { recursive: true, force: true });
          await use.end(path);
          recent.forget(path);
          if (await exists(path)) await local([...words, `--git-dir=${path}`, 'gc', '--auto']);
          return undefined;
        };
        const failure = await inTurn(path, () => answer('clone', pack));
        if (failure !== undefined) failures.push({ mirror: path, message: failure.message });
      }
      return failures;
    },
  };
}

/** Brings it into a new mirror, which then takes the place of the one that may be damaged. */
async function makeAnew<T>(
  path: string,
  makeMirror: (path: string) => Promise<unknown>,
  bring: (into: string) => Promise<T>,
): Promise<T> {
  const fresh = `${path}${freshEnding}`;
  try {
    await rm(fresh, { recursive: true, force: true });
    await makeMirror(fresh);
    const brought = await bring(fresh);
    await use.end(path);
    recent.forget(path);
    await mayWrite(); // bringing it takes long
    await rm(path, { recursive: true, force: true });
    await rename(fresh, path);
    suspects.madeAnew(path);
    return brought;
  } catch (error) {
    // Where the server, its answer or the disk is why, the next attempt may succeed.
    if (error instanceof GitFailed && judgeGitFailure(error.message) === 'unknown') suspects.madeAnew(path);
    throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Where git itself gives up on a mirror, another one is made, or the command is retried. */
const mayPassIn = (path: string, whom: string) => (error: GitFailed) =>
  error.code === gaveUp ? suspects.suspect(path, whom) : isLater(error);

/** A pull request's change, by its commits and the base branch's. */
async function readChangeNow(
  git: InRepository,
  { baseSha, headSha }: { readonly baseSha: string; readonly headSha: string },
  file: string,
  mayPass: (error: GitFailed) => boolean,
): Promise<ReadChange | GitFailure> {
  const write = async () => {
    const mergeBase = await findMergeBase(git, baseSha, headSha);
    await git([...diffWords, `--output=${file}`, mergeBase, headSha, '--']);
    return { mergeBase };
  };
  const written = await answer('diff', write, mayPass);
  if ('kind' in written) return written;
  const apply = async () => {
    const commits = { base: baseSha, head: headSha, mergeBase: written.mergeBase };
    const diff = { file, isEmpty: (await stat(file)).size === 0, temporaryIndex: `${file}.index` };
    return { kind: 'change', ...(await readChangedTree(git, commits, diff)) } as const;
  };
  return await answer('apply', apply, mayPass);
}

/** One form, whatever git's defaults are. */
const diffWords = [
  ...['diff-tree', '-p', '--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'],
  ...['--unified=3', '--binary', '--full-index', '--find-renames', '--ignore-submodules=none'],
];

async function findMergeBase(git: InRepository, base: string, head: string): Promise<string> {
  try {
    return (await git(['merge-base', base, head])).trim();
  } catch (error) {
    if (!(error instanceof GitFailed) || error.code !== 1) throw error;
    throw new GitFailed(
      `fatal: ${base}...${head}: no merge base: the pull request has no commit in common with its base branch`,
    );
  }
}

/** git asks for it if the server wants one and the configuration has none. */
async function tokenFor({ readToken, askpassProgram, tokenServer }: GitOptions) {
  if (tokenServer === undefined) return {};
  return { GIT_ASKPASS: askpassProgram, BTD_GIT_TOKEN: await readToken(), BTD_GIT_SERVER: tokenServer };
}

/** Behind the name of a mirror, while another one is made for it: no mirror's name, whatever the repository is called. */
const freshEnding = '.new';

/** Mirrors, and those of which a new one was being made when the process was killed. */
async function mirrorsIn(directory: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const owner of await listNames(directory))
    for (const name of await listNames(join(directory, owner)))
      if (/\.git(\.new)?$/.test(name)) found.add(join(directory, owner, name.replace(/\.new$/, '')));
  return [...found];
}

/** The exit status with which git gives up; 1 is an answer, such as a conflict. */
const gaveUp = 128;

const isLater = ({ message }: GitFailed) => judgeGitFailure(message) === 'later';

/** Whether a fetch may have failed by the mirror, and neither by its server nor by a signal. */
function isOfMirror(error: unknown, path: string): error is GitFailed {
  if (!(error instanceof GitFailed) || error.code === undefined) return false;
  return judgeGitFailure(error.message) === 'unknown' || error.message.includes(path);
}

async function answer<T>(
  step: GitFailure['step'],
  work: () => Promise<T>,
  mayPass: (error: GitFailed) => boolean = isLater,
): Promise<T | GitFailure> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    return { kind: 'failed', step, message: error.message, ...(mayPass(error) && { mayPass: true }) };
  }
}
