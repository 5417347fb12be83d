import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitHubPlaces } from '../forge/github/git-places.ts';
import { environmentsOf } from '../processes/child-environment.ts';
import { gitCommands } from './git-commands.ts';

// Accounts as they are: what stands in ~/.gitconfig and in the shell's environment changes nothing of what is built.
let dir: string;
let origin: string;
let headSha: string;
const clean = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
const mirror = { repository: { owner: 'O', name: 'R' }, baseBranch: 'main', pullRequest: 9 };
const moved = '2'.repeat(40);

async function run(...args: string[]): Promise<string> {
  const identity = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
    [`GIT_${who}_NAME`, 'a'],
    [`GIT_${who}_EMAIL`, 'a@example.org'],
  ]);
  const env = { ...clean, ...Object.fromEntries(identity) };
  return (await execa('git', args, { cwd: origin, env, extendEnv: false })).stdout;
}

/** A base branch that moved on after the pull request was made, whose every change depends on how git reads and writes. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'account-configuration-'));
  origin = join(dir, 'server/O/R');
  await mkdir(join(origin, 'sub'), { recursive: true });
  await run('init', '--quiet', '--initial-branch=main');
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
  await writeFile(join(origin, 'list'), lines.join(''));
  await writeFile(join(origin, 'crlf'), 'one\r\ntwo\r\n');
  await writeFile(join(origin, 'ends in blanks'), 'one  \ntwo\t\n');
  await writeFile(join(origin, '.gitmodules'), '[submodule "m"]\n\tpath = m\n\turl = https://example.org/m\n');
  await run('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},m`);
  await run('add', '--all', '.', ':!m');
  await run('commit', '--quiet', '-m', 'base');
  await run('checkout', '--quiet', '-b', 'change');
  await writeFile(join(origin, 'list'), [...lines.slice(0, 15), 'inserted\n', ...lines.slice(15)].join(''));
  await writeFile(join(origin, 'crlf'), 'one\r\n1.5\r\ntwo\r\n');
  await writeFile(join(origin, 'ends in blanks'), 'one  \n1.5 \t \ntwo\t\n\n\n');
  await writeFile(join(origin, 'tool'), '#!/bin/sh\n');
  await chmod(join(origin, 'tool'), 0o755);
  await writeFile(join(origin, 'z ü"\\'), 'z\n');
  await writeFile(join(origin, '.gitmodules'), '[submodule "m"]\n\tpath = m\n\turl = https://example.org/new\n');
  await run('update-index', '--cacheinfo', `160000,${moved},m`);
  await run('add', '--all', '.', ':!m');
  await run('commit', '--quiet', '-m', 'change');
  headSha = await run('rev-parse', 'HEAD');
  await run('update-ref', 'refs/pull/9/head', 'HEAD');
  await run('checkout', '--quiet', '--force', 'main');
  await run('branch', '--quiet', '-D', 'change');
  await writeFile(join(origin, 'list'), ['first\n', ...lines].join(''));
  await run('add', 'list');
  await run('commit', '--quiet', '-m', 'main moved on');
});
afterAll(() => rm(dir, { recursive: true }));

/** Makes a job directory as the bot does, from an account with this in its environment; what is in it. */
async function build(name: string, account: Record<string, string>, base = mirror.baseBranch) {
  const place = join(dir, name);
  await mkdir(place);
  const environments = environmentsOf({ ...clean, ...account });
  const git = gitCommands({
    mirrorsDir: join(place, 'mirrors'),
    ...gitHubPlaces({ serverUrl: `file://${join(dir, 'server')}`, cloneVia: 'https' }),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => 'none',
  });
  const [job, diff] = [join(place, 'job'), join(place, 'diff')];
  const here = { ...mirror, baseBranch: base };
  const fetched = await git.fetchMirror(here, headSha);
  if (fetched.kind === 'failed') throw new Error(fetched.message);
  const change = await git.readChange({ mirror: here, ...fetched }, diff);
  if (change.kind === 'failed') throw new Error(change.message);
  const checkedOut = await git.checkOut(here, change, job);
  if (checkedOut.kind === 'failed') throw new Error(checkedOut.message);
  const files = (await readdir(job)).filter((file) => file !== '.git').sort();
  const contents = await Promise.all(
    files.map(async (file) => {
      const stats = await lstat(join(job, file));
      return [file, stats.isDirectory() ? 'directory' : await readFile(join(job, file), 'utf8'), stats.mode & 0o100];
    }),
  );
  const inJob = async (...args: string[]) =>
    (await execa('git', args, { cwd: job, env: clean, extendEnv: false })).stdout;
  return {
    contents,
    diff: await readFile(diff, 'utf8'),
    origin: await inJob('remote', '--verbose'),
    head: await inJob('log', '-1', '--format=%s %D'),
    status: await inJob('status', '--porcelain=v1', '--ignore-submodules=none'),
    module: await inJob('ls-files', '--stage', 'm'),
  };
}

const configurations: Record<string, string> = {
  'diff.context = 0': '[diff]\n\tcontext = 0',
  'diff.orderFile that is not there': '[diff]\n\torderFile = /nonexistent/order',
  'diff.noprefix': '[diff]\n\tnoprefix = true',
  'diff.mnemonicPrefix': '[diff]\n\tmnemonicPrefix = true',
  'diff.external': '[diff]\n\texternal = /bin/false',
  'diff.submodule = log': '[diff]\n\tsubmodule = log\n\tignoreSubmodules = all',
  'diff.renames = false': '[diff]\n\trenames = false\n\trenameLimit = 1\n\talgorithm = patience',
  'core.quotePath = false': '[core]\n\tquotePath = false',
  'clone.defaultRemoteName': '[clone]\n\tdefaultRemoteName = upstream',
  'core.autocrlf = true': '[core]\n\tautocrlf = true\n\tsafecrlf = true',
  'core.eol = crlf with attributes': '[core]\n\teol = crlf\n\tattributesFile = ATTRIBUTES',
  'core.symlinks, core.fileMode = false': '[core]\n\tsymlinks = false\n\tfileMode = false',
  'core.sparseCheckout': '[core]\n\tsparseCheckout = true',
  'core.bare': '[core]\n\tbare = true',
  'core.hooksPath': '[core]\n\thooksPath = HOOKS',
  'apply.whitespace = error-all': '[apply]\n\twhitespace = error-all\n\tignoreWhitespace = change',
  'apply.whitespace = fix': '[apply]\n\twhitespace = fix',
  'commit.gpgSign': '[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true',
  'init.defaultBranch': '[init]\n\tdefaultBranch = trunk\n\ttemplateDir = HOOKS',
  'init.defaultObjectFormat = sha256': '[init]\n\tdefaultObjectFormat = sha256\n\tdefaultRefFormat = reftable',
  'feature.manyFiles': '[feature]\n\tmanyFiles = true\n[core]\n\tsplitIndex = true\n[index]\n\tversion = 4',
  'fetch.prune, pull.rebase': '[fetch]\n\tprune = true\n\tpruneTags = true\n[pull]\n\trebase = true',
  'safe.bareRepository = explicit': '[safe]\n\tbareRepository = explicit',
  'protocol.file.allow = user': '[protocol "file"]\n\tallow = user',
  'user.useConfigOnly': '[user]\n\tuseConfigOnly = true',
  'status, log, blame': '[status]\n\tshowUntrackedFiles = no\n[log]\n\tdecorate = full\n[color]\n\tui = always',
};

const variables: Record<string, string> = {
  EDITOR: 'vim',
  VISUAL: 'vim',
  PAGER: 'less',
  GIT_EDITOR: 'vim',
  GIT_SEQUENCE_EDITOR: 'vim',
  GIT_PAGER: 'less -R',
  GIT_PS1_SHOWDIRTYSTATE: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_TRACE: '1',
  GIT_TRACE_PACKET: '1',
  GIT_CURL_VERBOSE: '1',
  GIT_EXEC_PATH: '/nonexistent/git-core',
  PREFIX: '/usr/local',
  GIT_DIR: '/nonexistent/other/.git',
  GIT_WORK_TREE: '/nonexistent/other',
  GIT_INDEX_FILE: '/nonexistent/index',
  GIT_OBJECT_DIRECTORY: '/nonexistent/objects',
  GIT_ALTERNATE_OBJECT_DIRECTORIES: '/nonexistent/objects',
  GIT_COMMON_DIR: '/nonexistent/common',
  GIT_NAMESPACE: 'other',
  GIT_CEILING_DIRECTORIES: '/',
  GIT_CONFIG_PARAMETERS: "'diff.context=0'",
  GIT_CONFIG: '/nonexistent',
  GIT_DIFF_OPTS: '--unified=0',
  GIT_EXTERNAL_DIFF: '/bin/false',
  GIT_TEMPLATE_DIR: '/nonexistent',
  GIT_DEFAULT_HASH: 'sha256',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_ASKPASS: '/nonexistent',
  LC_ALL: 'de_DE.UTF-8',
  LANGUAGE: 'de',
};

describe('what is built is the same', () => {
  let usual: Awaited<ReturnType<typeof build>>;
  beforeAll(async () => {
    usual = await build('usual', {});
  });

  it('without anything: the change is in the working tree, the index is the base branch and the submodule moved', () => {
    const { contents, diff, origin: remote, head, status, module } = usual;
    expect(contents.map(([name, , mode]) => [name, mode])).toEqual([
      ['.gitmodules', 0],
      ['crlf', 0],
      ['ends in blanks', 0],
      ['list', 0],
      ['m', 0o100],
      ['tool', 0o100],
      ['z ü"\\', 0],
    ]);
    const list = contents.find(([name]) => name === 'list')?.[1] as string;
    expect(list.split('\n').slice(0, 2)).toEqual(['first', 'line 0']);
    expect(list).toContain('line 14\ninserted\nline 15\n');
    expect(contents.find(([name]) => name === 'ends in blanks')?.[1]).toBe('one  \n1.5 \t \ntwo\t\n\n\n');
    expect(contents.find(([name]) => name === 'crlf')?.[1]).toBe('one\r\n1.5\r\ntwo\r\n');
    expect(contents.find(([name]) => name === '.gitmodules')?.[1]).toContain('https://example.org/new');
    expect(diff).toContain('diff --git a/list b/list');
    expect(diff).toContain(`+Subproject commit ${moved}`);
    expect(remote).toMatch(/^origin\t/);
    expect(head).toMatch(/^main moved on HEAD -> main/);
    expect(module).toBe(`160000 ${moved} 0\tm`);
    expect(status.split('\n').sort()).toEqual(
      [
        ' M .gitmodules',
        ' M crlf',
        ' M "ends in blanks"',
        ' M list',
        '?? tool',
        '?? "z \\303\\274\\"\\\\"',
        'M  m',
      ].sort(),
    );
  });

  it.each(Object.entries(configurations))('with %s in the account', async (name, text) => {
    const home = join(dir, `home of ${name.replaceAll('/', '')}`);
    await mkdir(join(home, 'hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      await writeFile(join(home, 'hooks', hook), `#!/bin/sh\ntouch '${home}/ran'\nexit 1\n`);
      await chmod(join(home, 'hooks', hook), 0o755);
    }
    await writeFile(join(home, 'attributes'), '* text=auto\n*.txt -diff\n');
    const places = text.replace('ATTRIBUTES', join(home, 'attributes')).replace('HOOKS', join(home, 'hooks'));
    await writeFile(join(home, '.gitconfig'), places);
    expect(await build(`with ${name.replaceAll('/', '')}`, { HOME: home })).toEqual(sameIn(usual));
    await expect(stat(join(home, 'ran'))).rejects.toThrow('ENOENT');
  });

  it.each(Object.entries(variables))('with %s=%s', async (name, value) => {
    expect(await build(`with ${name}`, { [name]: value })).toEqual(sameIn(usual));
  });

  it('with all of them at once, and a configuration named by GIT_CONFIG_GLOBAL', async () => {
    await writeFile(
      join(dir, 'all.gitconfig'),
      '[diff]\n\tcontext = 0\n\tnoprefix = true\n[core]\n\tautocrlf = true\n',
    );
    const account = { ...variables, GIT_CONFIG_GLOBAL: join(dir, 'all.gitconfig') };
    expect(await build('all', account)).toEqual(sameIn(usual));
  });
});

const sameIn = (usual: object) => usual;

describe('what says how to reach the server counts', () => {
  it.each([
    [
      'url.insteadOf of ~/.gitconfig',
      (to: string) => ({ config: `[url "file://${to}/"]\n\tinsteadOf = https://git.invalid/\n` }),
    ],
    [
      'url.insteadOf of GIT_CONFIG_COUNT',
      (to: string) => ({
        variables: {
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `url.file://${to}/.insteadOf`,
          GIT_CONFIG_VALUE_0: 'https://git.invalid/',
        },
      }),
    ],
    ['core.sshCommand', (to: string) => ({ ssh: true, config: `[core]\n\tsshCommand = ${to}/../ssh\n` })],
    ['GIT_SSH_COMMAND', (to: string) => ({ ssh: true, variables: { GIT_SSH_COMMAND: `${to}/../ssh` } })],
    ['GIT_SSH', (to: string) => ({ ssh: true, variables: { GIT_SSH: `${to}/../ssh` } })],
  ] as const)('%s', async (name, account) => {
    const {
      config = '',
      variables: more = {},
      ssh = false,
    } = account(join(dir, 'server')) as {
      config?: string;
      variables?: Record<string, string>;
      ssh?: boolean;
    };
    const home = join(dir, `home ${name.replaceAll('/', '')}`);
    await mkdir(home);
    await writeFile(join(home, '.gitconfig'), config);
    // An ssh that reaches the directory: it is given HOST, and the command as one word.
    await writeFile(join(dir, 'ssh'), `#!/bin/sh\nfor last; do :; done\ncd '${join(dir, 'server')}' && eval "$last"\n`);
    await chmod(join(dir, 'ssh'), 0o755);
    const environments = environmentsOf({ ...clean, HOME: home, ...more });
    const git = gitCommands({
      mirrorsDir: join(home, 'mirrors'),
      ...gitHubPlaces({ serverUrl: 'https://git.invalid', cloneVia: ssh ? 'ssh' : 'https' }),
      environments: { local: environments.git, remote: environments['git fetch'] },
      askpassProgram: '/bin/false',
      readToken: async () => 'none',
    });
    if (ssh) await rm(join(dir, 'server/O/R.git'), { recursive: true, force: true });
    if (ssh) await execa('ln', ['-s', 'R', join(dir, 'server/O/R.git')]);
    expect(await git.fetchMirror(mirror, headSha)).toMatchObject({ kind: 'fetched', headSha });
  });
});
