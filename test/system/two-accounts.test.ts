import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pullRequestCommits } from '../../stand-ins/github/target-repository.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { makeSite, type Running, repository, type Site, webhookSecret } from './site.ts';

// The set-up of docs/two-accounts.md, with two accounts that are made for this test: the daemons run as one, jobs as the other.

const mark = randomBytes(3).toString('hex');
const [bot, builder, group] = [`bot-${mark}`, `bld-${mark}`, `jobs-${mark}`];
const sudoers = `/etc/sudoers.d/${bot}`;
const run = async (program: string, ...words: string[]) => (await execa(program, words)).stdout;
const asAccount = (account: string) => ['setpriv', '--reuid', account, '--regid', account, '--init-groups', '--'];

let slurmDir: string;
let slurm: RealSlurm;
let shared: string;
let site: Site;
let ids: Record<'bot' | 'builder' | 'group', number>;

beforeAll(async () => {
  await run('groupadd', group);
  for (const account of [bot, builder]) {
    await run('useradd', '--no-create-home', '--home-dir', '/nonexistent', '--user-group', '--groups', group, account);
  }
  const idOf = async (what: string, name: string) => Number((await run('getent', what, name)).split(':')[2]);
  ids = { bot: await idOf('passwd', bot), builder: await idOf('passwd', builder), group: await idOf('group', group) };
  await writeFile(
    sudoers,
    `Defaults:${bot} umask=0007, umask_override, env_keep += "SLURM_CONF"
${bot} ALL=(${builder}) NOPASSWD: /usr/bin/sbatch, /usr/bin/scontrol
`,
    { mode: 0o440 },
  );
  slurmDir = await mkdtemp(join(tmpdir(), 'bot-slurm-'));
  await chmod(slurmDir, 0o755); // any account talks to it
  slurm = await startSlurm(slurmDir);
  shared = await mkdtemp(join(tmpdir(), 'bot-shared-'));
  await chmod(shared, 0o755);
  for (const [name, mode] of [
    ['jobs', 0o2750],
    ['trash', 0o700],
    ['home', 0o700],
    ['tmp', 0o1777],
  ] as const) {
    await mkdir(join(shared, name));
    await chown(join(shared, name), ids.bot, ids.group);
    await chmod(join(shared, name), mode);
  }
  site = await makeSite({
    slurm: slurm.environment,
    edit: twoAccounts,
    as: asAccount(bot),
    umask: '007',
    environment: { USER: bot, LOGNAME: bot, HOME: join(shared, 'home'), TMPDIR: join(shared, 'tmp') },
  });
  await run('chown', '-R', `${bot}:${bot}`, ...(await ownFiles(site.directory)));
  await run('chmod', '-R', 'go=', ...(await ownFiles(site.directory)));
  await chmod(join(site.directory, '..'), 0o755); // the wall is the directory's own mode
});
afterAll(async () => {
  await site?.close();
  await slurm?.stop();
  for (const directory of [slurmDir, shared]) {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
  await rm(sudoers, { force: true });
  for (const account of [bot, builder]) await run('userdel', account).catch(() => {}); // where it was never made
  await run('groupdel', group).catch(() => {});
});

/** All but the stand-in for GitHub, which is not of the site. */
async function ownFiles(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name !== 'github');
  await chown(directory, ids.bot, ids.bot);
  await chmod(directory, 0o700);
  return names.map((name) => join(directory, name));
}

function twoAccounts(appCfg: string, directory: string): string {
  const sudo = `/usr/bin/sudo -n -u ${builder}`;
  return appCfg
    .replace(/^submit_command = .*/m, `submit_command = ${sudo} /usr/bin/sbatch\njob_account = ${builder}`)
    .replace(/^scontrol_command = .*/m, `scontrol_command = ${sudo} /usr/bin/scontrol`)
    .replace(/^jobs_base_dir = .*/m, `jobs_base_dir = ${shared}/jobs`)
    .replace(/^trash_bin_dir = .*/m, `trash_bin_dir = ${shared}/trash`)
    .replace(/^local_tmp = .*/m, `local_tmp = ${shared}/tmp`)
    .replace('[bot_control]', `[bot_control]\nstate_dir = ${directory}/state`);
}

/** A program that tries to reach what no job may reach: a line `NAME: reached` or `NAME: refused` each. */
function attempts(directory: string, daemons: readonly Running[]): string {
  const pids = daemons.map(({ process: { pid } }) => pid);
  const tries: Record<string, string> = {
    'its own directory': 'touch mine',
    'the private key': `cat '${directory}/private-key.pem'`,
    'the environment of the event handler': `grep -q ${webhookSecret} /proc/${pids[0]}/environ`,
    'the environment of the job manager': `grep -q AWS_SECRET_ACCESS_KEY /proc/${pids[1]}/environ`,
    'the open files of the job manager': `ls /proc/${pids[1]}/fd/`,
    'a signal to the event handler': `kill -0 ${pids[0]}`,
    'app.cfg to read': `cat '${directory}/app.cfg'`,
    'app.cfg to write': `: >>'${directory}/app.cfg'`,
    repos_cfg_dir: `touch '${directory}/cfg_bundles/repos.cfg'`,
    'the inbox': `ls '${directory}/state/inbox/new'`,
    'an order': `touch '${directory}/state/orders/x' && rm '${directory}/state/orders/x'`,
    'the ids of jobs': `ls '${directory}/ids/submitted'`,
    'the log': `cat '${directory}/event_handler.log'`,
    'the home of the daemons': `touch '${shared}/home/.gitconfig' && rm '${shared}/home/.gitconfig'`,
    'the list of uploads': `touch "$job/../../../../uploaded.txt"`,
    'a link to a job': `ln -s / "$job/../../../../1" && rm "$job/../../../../1"`,
    'the directory of all jobs': `mkdir '${shared}/jobs/x' && rmdir '${shared}/jobs/x'`,
    'the trash bin': `ls '${shared}/trash'`,
  };
  const lines = Object.entries(tries).map(
    ([name, words]) =>
      `if { ${words}; } >/dev/null 2>&1; then echo '${name}: reached'; else echo '${name}: refused'; fi`,
  );
  return `#!/bin/bash\njob=\${1:-$PWD}\n${lines.join('\n')}\n`;
}

/** For whoever sees the test fail. */
const outputOf = async (job: string) => await readFile(join(job, `slurm-${basename(job)}.out`), 'utf8').catch(String);

const outcomes = (text: string) =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  );

it('a life from comment to trash bin, whose job reaches nothing but its own directory', async () => {
  const handler = await site.startEventHandler();
  const manager = await site.startJobManager();
  const script = attempts(site.directory, [handler, manager]);
  const number = await site.github.openPullRequest(repository, {
    branch: 'curious',
    user: 'dave',
    commits: [
      ...pullRequestCommits,
      {
        message: 'Look around',
        files: async (workTree) => {
          await writeFile(join(workTree, 'bot/attempts.sh'), script);
          const build = await readFile(join(workTree, 'bot/build.sh'), 'utf8');
          await writeFile(
            join(workTree, 'bot/build.sh'),
            build.replace(
              '\n',
              '\n{ id -un; umask; git log -1 --format=%s; } >who.txt; bash bot/attempts.sh >attempts.txt\n',
            ),
          );
        },
      },
    ],
  });
  await site.github.comment(repository, number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  const comment = await site.github.nextComment(({ body }) => body.includes('|submitted|'));
  const job = /Job dir: `(.*)`/.exec(comment.body)?.[1] ?? '';
  const bodyWith = async (row: string) =>
    await site.github.waitFor(`the row ${row}`, () => {
      const body = site.github.comments(repository, number).find(({ id }) => id === comment.id)?.body ?? '';
      return (body.includes(`|${row}|`) || body.includes('|not uploaded|')) && body;
    });
  expect(await bodyWith('test result'), await outputOf(job)).toContain('SUCCESS');

  expect(await readFile(join(job, 'who.txt'), 'utf8')).toBe(`${builder}\n0007\nInitial commit\n`);
  const reached = outcomes(await readFile(join(job, 'attempts.txt'), 'utf8'));
  expect(reached).toEqual(
    Object.fromEntries(
      Object.keys(reached).map((name) => [name, name === 'its own directory' ? 'reached' : 'refused']),
    ),
  );
  expect(Object.keys(reached)).toHaveLength(18);
  const { uid } = await stat(join(job, 'attempts.txt'));
  expect(uid).toBe(ids.builder);

  await site.github.setLabel(repository, number, 'carol', 'bot:deploy');
  expect(await bodyWith('uploaded')).not.toContain('not uploaded');
  expect(await site.s3.keys('eessi-staging')).toHaveLength(2);

  // The same program reaches all of it as the account of the daemons: what kept the job out are the two accounts.
  const asBot = await execa(
    asAccount(bot)[0] ?? '',
    [...asAccount(bot).slice(1), 'bash', join(job, 'bot/attempts.sh')],
    {
      cwd: job,
    },
  );
  expect([...new Set(Object.values(outcomes(asBot.stdout)))]).toEqual(['reached']);

  const { status, output } = await site.run('scripts/bot-admin', 'status');
  expect(output).toContain('All is fine.');
  expect(status).toBe(0);

  await site.github.mergePullRequest(repository, number, 'carol');
  await expect
    .poll(
      () =>
        readdir(join(job, '..')).then(
          () => 'there',
          () => 'moved',
        ),
      { timeout: 120_000 },
    )
    .toBe('moved');
  expect(await readdir(join(shared, 'trash', repository))).toHaveLength(1);
});
