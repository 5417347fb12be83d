import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitHubPlaces } from '../forge/github/git-places.ts';
import { environmentsOf } from '../processes/child-environment.ts';
import type { Git } from './git.ts';
import { gitCommands } from './git-commands.ts';

// What of an account's configuration starts a program: whoever can write ~/.gitconfig, and whoever writes a .gitattributes that names it.
let dir: string;
let home: string;
let origin: string;
const path = { PATH: process.env['PATH'] ?? '' };
const mirror = { repository: { owner: 'O', name: 'R' }, baseBranch: 'main', pullRequest: 9 };
const ran = () =>
  stat(join(dir, 'ran')).then(
    () => true,
    () => false,
  );

const gitIn = (directory: string, variables: Record<string, string> = {}) => {
  const env = { ...path, HOME: '/nonexistent', GIT_AUTHOR_DATE: '2026-03-10T12:00:00Z', ...variables };
  return async (...args: readonly string[]) =>
    await execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      ...{ cwd: directory, env, extendEnv: false, reject: false, stdin: 'ignore' },
    });
};

/** A pull request that asks for the drivers of an account, of what both sides have changed. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'account-programs-'));
  home = join(dir, 'home');
  origin = join(dir, 'server/O/R');
  await mkdir(join(home, 'hooks'), { recursive: true });
  await mkdir(origin, { recursive: true });
  const mark = `#!/bin/sh\ntouch '${dir}/ran'\nif [ -f "$1" ]; then cat "$1"; else cat; fi\n`;
  const only = `#!/bin/sh\ntouch '${dir}/ran'\nexit 1\n`;
  const hooks = ['post-checkout', 'reference-transaction', 'post-index-change'].map((name) => `hooks/${name}`);
  for (const name of ['mark', 'only', ...hooks]) {
    await writeFile(join(home, name), name === 'only' ? only : mark);
    await chmod(join(home, name), 0o755);
  }
  const run = gitIn(origin);
  await run('init', '--quiet', '--initial-branch=main');
  const lines = Array.from({ length: 20 }, (_, index) => `${100 + index}\n`);
  const commit = async (change: number, text: string) => {
    const now = await readFile(join(origin, 'file'), 'utf8').catch(() => lines.join(''));
    await writeFile(join(origin, 'file'), now.replace(`${change}\n`, `${text}\n`));
    await run('add', '--all');
    await run('commit', '--quiet', '-m', text);
  };
  await writeFile(join(origin, '.gitattributes'), '* filter=known diff=known merge=known\n');
  await writeFile(
    join(origin, '.gitmodules'),
    `[submodule "m"]\n\tpath = m\n\turl = -u./mark\n\tupdate = !touch ${dir}/ran\n`,
  );
  await run('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},m`);
  await commit(100, 'base');
  await run('checkout', '--quiet', '-b', 'change');
  await commit(118, 'change');
  await run('update-ref', 'refs/pull/9/head', 'HEAD');
  await run('checkout', '--quiet', 'main');
  await commit(102, 'main moved on');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function bot(variables: Record<string, string>, serverUrl = `file://${join(dir, 'server')}`, cloneVia?: 'ssh'): Git {
  const environments = environmentsOf({ ...path, HOME: home, ...variables });
  return gitCommands({
    mirrorsDir: join(dir, 'mirrors'),
    ...gitHubPlaces({ serverUrl, cloneVia: cloneVia ?? 'https' }),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram: '/bin/false',
    readToken: async () => 'none',
  });
}

/** All that a build command has git do, and the hourly packing; what failed. */
async function buildAll(git: Git): Promise<string[]> {
  const { stdout: head } = await gitIn(origin)('rev-parse', 'refs/pull/9/head');
  const fetched = await git.fetchMirror(mirror, head);
  if (fetched.kind === 'failed') return [fetched.message];
  const change = await git.readChange({ mirror, ...fetched }, join(dir, 'diff'));
  if (change.kind === 'failed') return [change.message];
  const done = [
    await git.checkOut(mirror, change, join(dir, 'job')),
    await git.clone(`file://${origin}`, join(dir, 'scripts')),
  ];
  const packed = await git.packMirrors();
  return [...done, ...packed].flatMap((each) => ('message' in each ? [each.message] : []));
}

/** In ~/.gitconfig, or as variables. */
async function configure(by: string, settings: readonly string[]): Promise<Record<string, string>> {
  const pairs = settings.map((each) =>
    each.replaceAll('HOME', home).replaceAll('SERVER', join(dir, 'server')).split(/=(.*)/s),
  );
  if (by === '~/.gitconfig') {
    for (const [key = '', value = ''] of pairs)
      await execa('git', ['config', '--file', join(home, '.gitconfig'), '--add', key, value]);
    return {};
  }
  const variables = pairs.flatMap(([key = '', value = ''], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(pairs.length)], ...variables]);
}

/** What the account itself does with plain git, in a clone of its own: so each row is known to be able to start something. */
const asAccount: Readonly<Record<string, readonly string[]>> = {
  log: ['log', '-p', '-1'],
  diff: ['diff', 'HEAD~1', 'HEAD'],
  checkout: ['checkout', '--quiet', 'origin/change'],
  merge: ['merge', '--quiet', 'origin/change'],
  clone: ['clone', '--quiet', '.', 'another'],
  'clone --no-local': ['clone', '--quiet', '--no-local', '.', 'another'],
  status: ['status'],
  'commit -S': ['commit', '--allow-empty', '-m', 'x'],
  'commit --amend': ['commit', '--allow-empty', '--amend'],
  known: ['known'],
  fetch: ['fetch', 'https://git.invalid/O/R'],
};

describe('what stands in the configuration of the account, and a pull request asks for', () => {
  it.each(
    ['~/.gitconfig', 'GIT_CONFIG_COUNT'].flatMap((by) => [
      { by, what: 'diff.known.textconv', settings: ['diff.known.textconv=HOME/mark'], first: 'log' },
      { by, what: 'diff.known.command', settings: ['diff.known.command=HOME/mark'], first: 'diff' },
      { by, what: 'diff.external', settings: ['diff.external=HOME/mark'], first: 'diff' },
      { by, what: 'filter.known.smudge', settings: ['filter.known.smudge=HOME/mark'], first: 'checkout' },
      { by, what: 'filter.known.clean', settings: ['filter.known.clean=HOME/mark'], first: 'status' },
      { by, what: 'filter.known.process', settings: ['filter.known.process=HOME/mark'], first: 'checkout' },
      { by, what: 'merge.known.driver', settings: ['merge.known.driver=HOME/mark %A'], first: 'merge' },
      { by, what: 'core.hooksPath', settings: ['core.hooksPath=HOME/hooks'], first: 'checkout' },
      { by, what: 'init.templateDir', settings: ['init.templateDir=HOME'], first: 'clone' },
      { by, what: 'core.fsmonitor', settings: ['core.fsmonitor=HOME/mark'], first: 'status' },
      { by, what: 'gpg.program', settings: ['gpg.program=HOME/mark', 'commit.gpgSign=true'], first: 'commit -S' },
      { by, what: 'core.editor', settings: ['core.editor=HOME/mark'], first: 'commit --amend' },
      {
        by,
        what: 'alias.known',
        settings: ['alias.known=!HOME/mark', 'alias.fetch=!HOME/mark', 'alias.clone=!HOME/mark'],
        first: 'known',
      },
      { by, what: 'include.path', settings: ['include.path=HOME/included'], first: 'checkout' },
      { by, what: 'includeIf.gitdir', settings: ['includeIf.gitdir:/.path=HOME/included'], first: 'checkout' },
    ]),
  )('$what of $by starts nothing, though it does for the account', async ({ by, settings, first }) => {
    await writeFile(join(home, 'included'), `[core]\n\thooksPath = ${home}/hooks\n`);
    const variables = await configure(by, settings);
    await gitIn(dir)('clone', '--quiet', '--no-checkout', origin, 'of-account');
    const clone = join(dir, 'of-account');
    // Without the filter in its index, so that git has to look; as touched, so that it cleans.
    await gitIn(clone)('checkout', '--quiet', 'main');
    await writeFile(join(clone, 'file'), await readFile(join(clone, 'file')));
    await gitIn(clone, { ...variables, HOME: home })(...(asAccount[first] ?? []));
    expect(await ran()).toBe(true);
    await rm(join(dir, 'ran'));
    expect(await buildAll(bot(variables))).toEqual([]);
    expect(await ran()).toBe(false);
  });

  it.each(['~/.gitconfig', 'GIT_CONFIG_COUNT'])('protocol.ext.allow of %s starts nothing', async (by) => {
    const settings = ['protocol.ext.allow=always', 'url.ext::HOME/only .insteadOf=https://git.invalid/'];
    const variables = await configure(by, settings);
    await gitIn(origin, { ...variables, HOME: home })('fetch', 'https://git.invalid/O/R');
    expect(await ran()).toBe(true);
    await rm(join(dir, 'ran'));
    expect(await buildAll(bot(variables, 'https://git.invalid'))).toEqual([
      expect.stringContaining("transport 'ext' not allowed"),
    ]);
    expect(await ran()).toBe(false);
  });

  it.each(['~/.gitconfig', 'GIT_CONFIG_COUNT'])('core.alternateRefsCommand of %s starts nothing', async (by) => {
    const variables = await configure(by, ['core.alternateRefsCommand=HOME/mark']);
    await gitIn(dir)('clone', '--quiet', '--bare', origin, 'alternate');
    await gitIn(dir)('init', '--quiet', '--bare', 'borrowing');
    await writeFile(join(dir, 'borrowing/objects/info/alternates'), `${dir}/alternate/objects\n`);
    await gitIn(join(dir, 'borrowing'), { ...variables, HOME: home })('fetch', '--quiet', origin, 'main');
    expect(await ran()).toBe(true);
    await rm(join(dir, 'ran'));
    expect(await buildAll(bot(variables))).toEqual([]);
    expect(await ran()).toBe(false);
  });
});

describe('what is the admin’s way to the server', () => {
  it.each`
    what                                           | settings                                                                              | variables                             | started
    ${'core.sshCommand'}                           | ${['core.sshCommand=HOME/only']}                                                      | ${{}}                                 | ${true}
    ${'core.sshCommand, not of GIT_CONFIG_GLOBAL'} | ${['core.sshCommand=HOME/only']}                                                      | ${{ GIT_CONFIG_GLOBAL: '/dev/null' }} | ${false}
    ${'GIT_SSH_COMMAND'}                           | ${[]}                                                                                 | ${{ GIT_SSH_COMMAND: 'HOME/only' }}   | ${true}
    ${'credential.helper'}                         | ${['credential.helper=!HOME/only', 'url.HTTP.insteadOf=ssh://git.invalid/']}          | ${{}}                                 | ${true}
    ${'core.askPass: ours is asked in its place'}  | ${['core.askPass=HOME/only', 'url.HTTP.insteadOf=ssh://git.invalid/']}                | ${{}}                                 | ${false}
    ${'core.gitProxy'}                             | ${['core.gitProxy=HOME/only', 'url.git://git.invalid/.insteadOf=ssh://git.invalid/']} | ${{}}                                 | ${true}
  `('$what is started: $started', async ({ settings, variables, started }) => {
    const server = createServer((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const of = (text: string) => text.replaceAll('HOME', home).replaceAll('HTTP', http);
    const ssh = settings.map((each: string) => of(each).replace('ssh://git.invalid/', 'git@git.invalid:'));
    await configure('~/.gitconfig', ssh);
    const set = Object.entries(variables as Record<string, string>).map(([name, value]) => [name, of(value)]);
    const failures = await buildAll(bot(Object.fromEntries(set), 'https://git.invalid', 'ssh'));
    server.close();
    expect(failures).toHaveLength(1);
    expect(await ran()).toBe(started);
  });
});

it('nothing that a repository holds comes into the configuration of its mirror', async () => {
  await gitIn(dir)('init', '--quiet', '--bare', '--template=', 'fresh');
  const run = gitIn(origin);
  await run('checkout', '--quiet', '-b', 'config', 'change');
  const evil = `[core]\n\tfsmonitor = touch ${dir}/ran\n\thooksPath = hooks\n`;
  for (const name of [
    'config',
    'config.worktree',
    'HEAD',
    'info/attributes',
    'hooks/post-checkout',
    'objects/info/alternates',
  ]) {
    await mkdir(join(origin, name, '..'), { recursive: true });
    await writeFile(join(origin, name), evil);
  }
  await run('add', '--force', '.');
  await run('commit', '--quiet', '-m', 'looks like a bare repository');
  await run('update-ref', 'refs/pull/9/head', 'HEAD');
  await run('update-ref', 'refs/heads/hooks/post-checkout', 'HEAD');
  await run('tag', 'config');
  expect(await buildAll(bot({}))).toEqual([]);
  const ours = join(dir, 'mirrors/o/r.git');
  expect(await readFile(join(ours, 'config'), 'utf8')).toBe(await readFile(join(dir, 'fresh/config'), 'utf8'));
  for (const name of ['config.worktree', 'info/attributes', 'hooks', 'objects/info/alternates'])
    await expect(stat(join(ours, name))).rejects.toThrow('ENOENT');
  expect(await ran()).toBe(false);
});
