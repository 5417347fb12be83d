import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, type SimpleGit, simpleGit } from 'simple-git';
import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import type { RepositoryName } from '../github/github.ts';
import type { Git, GitFailure, Mirror } from './git.ts';

export interface GitOptions {
  /** Bare clones lie here, `OWNER/REPO.git`. */
  readonly mirrorsDir: string;
  /** `https://github.com` */
  readonly serverUrl: string;
  readonly cloneVia: 'https' | 'ssh';
  /** What git processes see: without secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** A program that prints the user name or the password that git asks for; it finds the token in BTD_GIT_TOKEN. */
  readonly askpassProgram: string;
  /** A token that reads private repositories, for where git's own configuration and ~/.netrc have nothing. */
  readonly readToken: () => Promise<string>;
}

/** A fetch or clone that says nothing for so long has died. */
const silenceMilliseconds = 120_000;

// What a pull request brings is data: nothing in it may start a program or reach another protocol.
const safeConfig = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.ext.allow=never',
  'gc.auto=0', // a clone of the mirror may be under way; the mirrors are packed when the daemon starts
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'diff.external=',
  'advice.detachedHead=false',
];
const ourVariables = ['GIT_TERMINAL_PROMPT', 'GIT_ASKPASS', 'GIT_LFS_SKIP_SMUDGE', 'GIT_SSH_COMMAND'];

/** One fetch at a time into one mirror, whoever asks. */
const inTurn = oneAtATime();

/** The git of this machine. */
export function gitCommands(options: GitOptions): Git {
  const mirrorPath = ({ repository }: Mirror) =>
    join(options.mirrorsDir, repository.owner.toLowerCase(), `${repository.name.toLowerCase()}.git`);

  const git = (directory: string, token?: string): SimpleGit =>
    simpleGit({
      baseDir: directory,
      config: safeConfig,
      timeout: { block: silenceMilliseconds },
      completion: { onClose: true, onExit: false }, // else each command that prints nothing takes 50 ms more
      allowEnvironment: ourVariables,
      unsafe: {
        allowUnsafeHooksPath: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeProtocolOverride: true,
        allowUnsafeTemplateDir: true,
        allowUnsafeAskPass: true,
        allowUnsafeDiffExternal: true,
        allowUnsafeSshCommand: true,
      },
    }).env({
      ...options.environment,
      GIT_TERMINAL_PROMPT: '0',
      GIT_LFS_SKIP_SMUDGE: '1',
      GIT_ASKPASS: token === undefined ? '/bin/false' : options.askpassProgram,
      ...(token !== undefined && { BTD_GIT_TOKEN: token }),
    });

  const withToken = async (directory: string) =>
    options.cloneVia === 'ssh' ? git(directory) : git(directory, await options.readToken());

  return {
    async fetchMirror(mirror) {
      const path = mirrorPath(mirror);
      return await inTurn(path, () =>
        answer('clone', async () => {
          await mkdir(path, { recursive: true });
          const authorised = await withToken(path);
          await authorised.raw(['init', '--quiet', '--bare', '--template=']);
          const pull = `refs/pull/${mirror.pullRequest}/head`;
          await authorised.raw([
            'fetch',
            '--quiet',
            '--progress',
            '--prune',
            addressOf(options, mirror.repository),
            '+refs/heads/*:refs/heads/*',
            '+refs/tags/*:refs/tags/*',
            `+${pull}:${pull}`,
          ]);
          return { kind: 'fetched', headSha: (await authorised.raw(['rev-parse', '--verify', pull])).trim() } as const;
        }),
      );
    },

    async writeDiff(mirror, headSha, file) {
      return await answer('diff', async () => {
        const base = `refs/heads/${mirror.baseBranch}`;
        const fixedFormat = ['--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'];
        const everything = ['--binary', '--full-index', '--find-renames', '--ignore-submodules=none'];
        await git(mirrorPath(mirror)).raw([
          'diff',
          ...fixedFormat,
          ...everything,
          `--output=${file}`,
          `${base}...${headSha}`,
          '--',
        ]);
        return { kind: 'written' } as const;
      });
    },

    async checkOut(mirror, directory) {
      const cloned = await answer('clone', async () => {
        const path = mirrorPath(mirror);
        await git(path).raw(['clone', '--quiet', '--local', '--no-checkout', '--template=', '--', path, directory]);
        await git(directory).raw(['remote', 'set-url', 'origin', addressOf(options, mirror.repository)]);
        return { kind: 'checked-out' } as const;
      });
      if (cloned.kind === 'failed') return cloned;
      return await answer('checkout', async () => {
        // No branch name is ever an argument of its own: one may begin with a dash.
        const branch = mirror.baseBranch;
        const here = git(directory);
        await here.raw(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
        await here.raw(['update-ref', `refs/heads/${branch}`, `refs/remotes/origin/${branch}`]);
        await here.raw(['reset', '--quiet', '--hard']);
        await here.raw(['config', `branch.${branch}.remote`, 'origin']);
        await here.raw(['config', `branch.${branch}.merge`, `refs/heads/${branch}`]);
        return { kind: 'checked-out' } as const;
      });
    },

    async applyDiff(directory, file) {
      return await answer('apply', async () => {
        // An empty diff is no patch for git, and nothing to apply.
        if ((await stat(file)).size > 0) await git(directory).raw(['apply', '--whitespace=nowarn', '--', file]);
        return { kind: 'applied' } as const;
      });
    },

    async clone(address, directory) {
      return await answer('clone', async () => {
        const authorised = await withToken('/');
        await authorised.raw(['clone', '--quiet', '--template=', '--', address, directory]);
        return { kind: 'cloned' } as const;
      });
    },
  };
}

/** Where a repository is cloned from: built from owner and name, never taken from a payload. */
export function addressOf(options: Pick<GitOptions, 'serverUrl' | 'cloneVia'>, repository: RepositoryName): string {
  const path = `${repository.owner}/${repository.name}`;
  return options.cloneVia === 'ssh'
    ? `git@${new URL(options.serverUrl).hostname}:${path}.git`
    : `${options.serverUrl}/${path}`;
}

async function answer<T>(step: GitFailure['step'], work: () => Promise<T>): Promise<T | GitFailure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitError) return { kind: 'failed', step, message: error.message.trim() };
    throw error;
  }
}
