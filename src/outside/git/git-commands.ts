import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, type SimpleGit, simpleGit } from 'simple-git';
import { oneAtATime } from '../../daemon/one-at-a-time.ts';
import { ProgramHadDiskTrouble, tellsOfDiskTrouble } from '../files/disk-trouble.ts';
import { exists, listNames } from '../files/durable-files.ts';
import type { RepositoryName } from '../github/github.ts';
import type { Git, GitFailure, Mirror } from './git.ts';
import { MirrorUse } from './mirror-use.ts';

export interface GitOptions {
  /** Bare clones lie here, `OWNER/REPO.git`. */
  readonly mirrorsDir: string;
  /** `https://github.com` */
  readonly serverUrl: string;
  readonly cloneVia: 'https' | 'ssh';
  /** What git processes see: without secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Prints the user name or the password that git asks for; it finds the token in BTD_GIT_TOKEN, and whom it is for in BTD_GIT_SERVER. */
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
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'diff.external=',
  'advice.detachedHead=false',
];
/** No git command packs a mirror by the way, since others may be using it: that is for packMirrors to do. */
const neverPacking = [...safeConfig, 'gc.auto=0'];
/** gc must not go on in the background, where nobody would know that it is at it. */
const packing = [...safeConfig, 'gc.autoDetach=false', 'maintenance.autoDetach=false'];
/** gc of a large mirror says nothing for a long time. */
const packingMilliseconds = 3_600_000;
const ourVariables = [
  'GIT_TERMINAL_PROMPT',
  'GIT_ASKPASS',
  'GIT_LFS_SKIP_SMUDGE',
  'GIT_SSH_COMMAND',
  'SSH_ASKPASS',
  'SSH_ASKPASS_REQUIRE',
];

/** One fetch at a time into one mirror, whoever asks. */
const inTurn = oneAtATime();
const use = new MirrorUse();

/**
 * The git of this machine. simple-git waits 50 ms longer for each command that prints nothing, so there are few of those, and none
 * is told to be quiet.
 */
export function gitCommands(options: GitOptions): Git {
  const mirrorPath = ({ repository }: Mirror) =>
    join(options.mirrorsDir, repository.owner.toLowerCase(), `${repository.name.toLowerCase()}.git`);

  const git = (directory: string, token?: string, config = neverPacking, silence = silenceMilliseconds): SimpleGit =>
    simpleGit({
      baseDir: directory,
      config: [...config],
      timeout: { block: silence },
      allowEnvironment: ourVariables,
      unsafe: {
        allowUnsafeHooksPath: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeProtocolOverride: true,
        allowUnsafeTemplateDir: true,
        allowUnsafeAskPass: true,
        allowUnsafeDiffExternal: true,
        allowUnsafeSshCommand: true,
        allowUnsafeConfigPaths: true,
      },
    }).env({
      ...options.environment,
      // What it prints is read by tellsOfDiskTrouble, and by people of all countries.
      LC_ALL: 'C.UTF-8',
      GIT_TERMINAL_PROMPT: '0',
      GIT_LFS_SKIP_SMUDGE: '1',
      // ssh would ask at the terminal that the daemon was started from, and wait.
      SSH_ASKPASS: '/bin/false',
      SSH_ASKPASS_REQUIRE: 'force',
      GIT_ASKPASS: token === undefined ? '/bin/false' : options.askpassProgram,
      ...(token !== undefined && { BTD_GIT_TOKEN: token, BTD_GIT_SERVER: serverOf(options.serverUrl) }),
    });

  const ensureBareRepository = async (path: string): Promise<string> => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (!(await exists(join(path, 'HEAD')))) await git(path).raw(['init', '--bare', '--template=']);
    return path;
  };

  const resolve = async (path: string, reference: string) =>
    (await git(path).raw(['rev-parse', '--verify', reference])).trim();

  /** A push by force leaves nothing that leads to the commits which it replaced; GitHub gives them to who asks by name. */
  const fetchCommit = async (mirror: Mirror, commit: string): Promise<undefined> => {
    const path = mirrorPath(mirror);
    const known = await answer('diff', () => resolve(path, `${commit}^{commit}`));
    if (typeof known === 'string') return;
    await (await withToken(path)).raw(['fetch', '--progress', addressOf(options, mirror.repository), commit]);
  };

  const withToken = async (directory: string) =>
    options.cloneVia === 'ssh' ? git(directory) : git(directory, await options.readToken());

  return {
    async fetchMirror(mirror, wanted) {
      const path = mirrorPath(mirror);
      const base = `refs/heads/${mirror.baseBranch}`;
      const pull = `refs/pull/${mirror.pullRequest}/head`;
      const fetched = await inTurn(path, () =>
        answer('clone', async () => {
          const authorised = await withToken(await ensureBareRepository(path));
          const from = addressOf(options, mirror.repository);
          const wanted = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', `+${pull}:${pull}`];
          await authorised.raw(['fetch', '--progress', '--prune', from, ...wanted]);
          return { kind: 'fetched', headSha: await resolve(path, pull) } as const;
        }),
      );
      if (fetched.kind === 'failed') return fetched;
      const found = await answer('checkout', () => resolve(path, base));
      if (typeof found !== 'string') return found;
      if (fetched.headSha === wanted) return fetched;
      const had = await inTurn(path, () => answer('diff', () => fetchCommit(mirror, wanted)));
      return had === undefined ? fetched : had;
    },

    async writeDiff(mirror, headSha, file) {
      return await answer('diff', async () => {
        const base = `refs/heads/${mirror.baseBranch}`;
        const fixedFormat = ['--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'];
        const everything = ['--binary', '--full-index', '--find-renames', '--ignore-submodules=none'];
        const path = mirrorPath(mirror);
        const words = ['diff', ...fixedFormat, ...everything, `--output=${file}`, `${base}...${headSha}`, '--'];
        await use.read(path, async () => await git(path).raw(words));
        return { kind: 'written' } as const;
      });
    },

    async checkOut(mirror, directory) {
      return await answer('clone', async () => {
        const path = mirrorPath(mirror);
        // The name is never an argument of its own: a branch may be called --upload-pack.
        // A path is cloned by hard links; with --local, git would fail where the mirrors lie on another file system, instead of copying.
        const from = ['--template=', `--branch=${mirror.baseBranch}`, '--', path];
        await use.read(path, async () => await git(path).raw(['clone', ...from, directory]));
        await setOrigin(directory, addressOf(options, mirror.repository));
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

    async packMirrors() {
      const failures: { mirror: string; message: string }[] = [];
      for (const path of await mirrorsIn(options.mirrorsDir)) {
        // The directory is named: in one that is broken, git would look for a repository above it.
        const pack = async () => {
          await git(path, undefined, packing, packingMilliseconds).raw(['--git-dir=.', 'gc', '--auto']);
        };
        const failure = await inTurn(path, () => answer('clone', () => use.pack(path, pack)));
        if (failure !== undefined) failures.push({ mirror: path, message: failure.message });
      }
      return failures;
    },
  };
}

async function mirrorsIn(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const owner of await listNames(directory)) {
    for (const name of await listNames(join(directory, owner))) found.push(join(directory, owner, name));
  }
  return found;
}

/** Scheme and host as they stand, which is how git names a server when it asks for a password. */
function serverOf(serverUrl: string): string {
  return /^[^/]*\/\/[^/]*/.exec(serverUrl)?.[0] ?? serverUrl;
}

/** Where a repository is cloned from: built from owner and name, never taken from a payload. */
export function addressOf(options: Pick<GitOptions, 'serverUrl' | 'cloneVia'>, repository: RepositoryName): string {
  const path = `${repository.owner}/${repository.name}`;
  return options.cloneVia === 'ssh'
    ? `git@${new URL(options.serverUrl).hostname}:${path}.git`
    : `${options.serverUrl}/${path}`;
}

/** Sets the address of a fresh clone's origin, as `git remote set-url` does, without another process. */
async function setOrigin(directory: string, address: string): Promise<void> {
  const path = join(directory, '.git/config');
  const config = await readFile(path, 'utf8');
  const changed = config.replace(/^\turl = .*$/m, () => `\turl = ${address}`);
  if (changed === config) throw new Error(`${path} has no url of origin`);
  await writeFile(path, changed);
}

async function answer<T>(step: GitFailure['step'], work: () => Promise<T>): Promise<T | GitFailure> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const message = error.message.trim();
    if (tellsOfDiskTrouble(message)) throw new ProgramHadDiskTrouble(`git ${step}: ${message}`, { cause: error });
    return { kind: 'failed', step, message };
  }
}
