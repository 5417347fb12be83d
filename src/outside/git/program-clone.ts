import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../files/exists.ts';
import { GitFailed, inRepository, runGit } from './run-git.ts';

/** A version of the program, as its clone knows it. */
export interface Version {
  readonly name: string;
  readonly commit: string;
  /** The local branch that is checked out with it; absent: none is, as with a tag. */
  readonly branch?: string;
}

/** What stands in the way of a version in a clone. */
export interface InTheWay {
  /** Files of the program that were changed here. */
  readonly changed: readonly string[];
  /** Commits made here that would be in no branch or tag afterwards. */
  readonly ownCommits: number;
  /** Files that are not the program's and lie where the new version has one. git would replace those that it is to ignore. */
  readonly untracked: readonly string[];
}

export type Clone = ReturnType<typeof openProgramClone>;

/** The clone that a program lies in, by git with the account's own way to the server. */
export function openProgramClone(root: string, environment: Readonly<Record<string, string>>) {
  const git = inRepository(['-C', root], environment);
  const line = async (...words: string[]) => (await git(words)).trim();
  /** Undefined where git says no. */
  const ask = async (...words: string[]) => await line(...words).catch(unlessGitFailed);
  const commitOf = async (name: string) =>
    name.startsWith('-') ? undefined : await ask('rev-parse', '--quiet', '--verify', `${name}^{commit}`);
  const remoteOf = async (branch: string | undefined) =>
    (branch && (await ask('config', `branch.${branch}.remote`))) || 'origin';

  return {
    /** Whether the directory is a clone of its own: a package that npm has unpacked in one is none. Throws where git may not say so. */
    async isClone(): Promise<boolean> {
      try {
        return (await line('rev-parse', '--show-prefix')) === '';
      } catch (error) {
        if (error instanceof GitFailed && error.message.includes('not a git repository')) return false;
        throw error;
      }
    },

    async now(): Promise<Version> {
      const branch = await ask('symbolic-ref', '--quiet', '--short', 'HEAD');
      return {
        name: await line('describe', '--tags', '--always'),
        commit: await line('rev-parse', 'HEAD'),
        ...(branch && { branch }),
      };
    },

    /** Fetches what the server has. Nothing of the work tree is changed. */
    async fetch(): Promise<void> {
      const { branch } = await this.now();
      // Not --quiet, with which git refuses a tag that was moved and says nothing.
      await runGit(['-C', root, 'fetch', '--tags', await remoteOf(branch)], { environment });
    },

    /**
     * A tag, a branch of the server, or a commit. Without a name: what `git pull` would bring, where a branch is checked out that follows
     * one; else the newest release. Undefined: there is none.
     */
    async find(name: string | undefined): Promise<Version | undefined> {
      const { branch } = await this.now();
      const remote = await remoteOf(branch);
      if (name !== undefined) {
        for (const tag of [name, `v${name}`]) {
          const commit = await commitOf(`refs/tags/${tag}`);
          if (commit) return { name: tag, commit };
        }
        const ofBranch = await commitOf(`refs/remotes/${remote}/${name}`);
        if (ofBranch) return { name, commit: ofBranch, branch: name };
        const commit = await commitOf(name);
        return commit ? { name, commit } : undefined;
      }
      const upstream = branch && (await commitOf('@{upstream}'));
      if (upstream) return { name: branch, commit: upstream, branch };
      const tags = await line('tag', '--list', 'v*', '--sort=-version:refname');
      const newest = tags.split('\n').find((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
      const commit = newest && (await commitOf(`refs/tags/${newest}`));
      return commit ? { name: newest, commit } : undefined;
    },

    async inTheWayOf({ commit, branch }: Version): Promise<InTheWay> {
      const changed = await line('diff', '--name-only', 'HEAD');
      const others = ['--not', commit, '--remotes', '--tags', ...(branch ? [`--exclude=${branch}`] : []), '--branches'];
      const local = branch && (await commitOf(`refs/heads/${branch}`));
      const ownCommits = Number(await line('rev-list', '--count', 'HEAD', ...(local ? [local] : []), ...others));
      const added = linesOf(await git(['diff', '--name-only', '--diff-filter=A', '--no-renames', 'HEAD', commit]));
      const isUntracked = await Promise.all(added.map((path) => exists(join(root, path))));
      const untracked = added.filter((_, index) => isUntracked[index]);
      return { changed: linesOf(changed), ownCommits, untracked };
    },

    /** The lines that a version adds to CHANGELOG.md. */
    async news(from: Version, to: Version): Promise<readonly string[]> {
      const difference = await git([
        'diff',
        '--unified=0',
        '--no-color',
        '--no-ext-diff',
        from.commit,
        to.commit,
        '--',
        'CHANGELOG.md',
      ]);
      return difference.split('\n').flatMap((each) => (/^\+[-#]/.test(each) ? [each.slice(1)] : []));
    },

    /** Writes a version's files beside, into a directory that is made empty first. */
    async writeTo(directory: string, commit: string): Promise<void> {
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
      await mkdir(directory, { recursive: true });
      const variables = { GIT_INDEX_FILE: join(directory, '.index') };
      await git(['read-tree', commit], { variables });
      await git(['checkout-index', '--all', `--prefix=${directory}/`], { variables });
      await rm(variables.GIT_INDEX_FILE);
    },

    /** Checks a version out. Refused by git where a file in the way would be lost. */
    async checkOut({ commit, branch }: Version): Promise<void> {
      await git(['checkout', '--quiet', '--no-overwrite-ignore', ...(branch ? ['-B', branch] : ['--detach']), commit]);
      if (branch === undefined || (await ask('rev-parse', '--quiet', '--verify', '@{upstream}'))) return;
      await ask('branch', '--quiet', `--set-upstream-to=${await remoteOf(branch)}/${branch}`); // for the next upgrade
    },
  };
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

function unlessGitFailed(error: unknown): undefined {
  if (!(error instanceof GitFailed)) throw error;
}
