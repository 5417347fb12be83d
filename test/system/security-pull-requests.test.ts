import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readBranch, setReference } from '../../stand-ins/github/bare-repository.ts';
import { type CasesSite, fileAppears, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// What a pull request, and whoever pushes to it, cannot bring about.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'security-'));
  slurm = await ScriptedSlurm.make(directory);
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const build = 'bot: build for:arch=x86_64/amd/zen2';
const content = (text: string) => [{ message: text, files: { 'reviewed.txt': `${text}\n` } }];

const realGit = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((place) => join(place, 'git'))
  .find((path) => existsSync(path));

/** Whole seconds are all that GitHub tells of the time. */
const nextSecond = () => setTimeout(1000 - (Date.now() % 1000));

/** Replaces what the pull request was by something else: nothing of it is left in any branch. */
async function pushByForce(text: string): Promise<void> {
  const { branch, base } = story.github.pullRequest(repository, story.number);
  const bare = join(story.directory, 'github', `${repository}.git`);
  await setReference(bare, `refs/heads/${branch}`, (await readBranch(bare, base)) ?? '');
  await story.github.push(repository, branch, content(text), 'dave');
}

const push = (text: string) =>
  story.github.push(repository, story.github.pullRequest(repository, story.number).branch, content(text), 'dave');

/** What the jobs of the pull request build, by the id of their command's delivery. */
async function reviewed(guid: string): Promise<string> {
  await story.github.nextComment(({ body }) => body.includes('|submitted|'));
  const job = Object.values(await story.jobs()).find((directory) => directory.includes(guid)) ?? '';
  return await readFile(join(job, 'reviewed.txt'), 'utf8');
}

it.each`
  how           | pushed         | first        | second
  ${'a push'}   | ${push}        | ${'push'}    | ${'command'}
  ${'a push'}   | ${push}        | ${'command'} | ${'push'}
  ${'by force'} | ${pushByForce} | ${'push'}    | ${'command'}
  ${'by force'} | ${pushByForce} | ${'command'} | ${'push'}
`('what was pushed after a command is not built: $how, heard of the $first before the $second', async (row) => {
  story = await makeCasesSite({ slurm: slurm.environment });
  const first = await story.site.startEventHandler();
  await story.openPullRequest(content('good'));
  await first.stop();
  const command = await story.github.comment(repository, story.number, 'alice', build);
  expect(command.status).toBe(502);
  await nextSecond();
  await row.pushed('evil');
  const pushed = story.github.deliveries.at(-1);
  expect(pushed).toMatchObject({ action: 'synchronize', status: 502 });
  // What was missed is not found at once: GitHub's list cannot be read.
  story.github.failNext({ operationId: 'apps/list-webhook-deliveries', times: 1, fault: { status: 503 } });
  await story.site.startEventHandler();
  for (const what of [row.first, row.second]) {
    const again = await story.github.redeliver(what === 'push' ? (pushed?.guid ?? '') : command.guid);
    await story.workedOff(again);
  }
  expect(await reviewed(command.guid)).toBe('good\n');

  const later = await story.comment(build);
  expect(await reviewed(later.delivery.guid)).toBe('evil\n');
});

it('what was pushed by force while a command was fetched for is not built, where no event told of the pull request', async () => {
  const fetching = join(directory, 'fetching');
  await writeFile(
    join(directory, 'bin/git'),
    `#!/bin/bash\nif [[ " $* " == *" fetch "* && ! -e ${fetching} ]]; then mkfifo ${fetching} && read -r <${fetching}; fi\nexec ${realGit} "$@"\n`,
    { mode: 0o755 },
  );
  story = await makeCasesSite({ slurm: slurm.environment });
  await story.openPullRequest(content('good'));
  await story.site.startEventHandler();
  const command = await story.github.comment(repository, story.number, 'alice', build);
  await fileAppears(directory, (name) => name === 'fetching');
  await pushByForce('evil');
  await writeFile(fetching, 'go on\n');
  expect(await reviewed(command.guid)).toBe('good\n');
});

it('what was pushed after a command is not built, where both were missed and nothing else was ever heard of the pull request', async () => {
  story = await makeCasesSite({ slurm: slurm.environment });
  await story.openPullRequest(content('good'));
  const first = await story.site.startEventHandler();
  await first.stop();
  const command = await story.github.comment(repository, story.number, 'alice', build);
  expect(command.status).toBe(502);
  await nextSecond();
  await pushByForce('evil');
  await story.site.startEventHandler();
  expect(await reviewed(command.guid)).toBe('good\n');
});

it('a label that was seen on its way orders no second deployment, under whatever identity it comes', async () => {
  story = await makeCasesSite({ slurm: slurm.environment });
  await story.site.startEventHandler();
  await story.openPullRequest();
  const label = await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
  await story.workedOff(label);
  const orders = async () =>
    (await readdir(join(story.directory, 'jobs/.bot/orders'))).filter((name) => name.endsWith('.json'));
  expect(await orders()).toHaveLength(1);
  const { port } = JSON.parse(
    (await story.text('event_handler.log')).split('\n').find((line) => line.includes('"listening"')) ?? '{}',
  ) as { port: number };
  const guid = 'replayed-0000';
  const { headers, body } = label.request;
  const again = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { ...headers, 'X-GitHub-Delivery': guid },
    body,
  });
  expect([again.status, await again.text()]).toEqual([200, 'known: it was received before\n']);
  expect(await orders()).toHaveLength(1);
});

it('files and links with names of the bot, of Slurm and of its script are replaced or removed', async () => {
  const outside = join(directory, 'outside');
  await mkdir(join(outside, 'empty'), { recursive: true });
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: {
      'buildenv.build_job_script': `job.slurm@${directory}/site-scripts.git`,
      'buildenv.cvmfs_customizations': '{ "/cvmfs/custom.conf": "LINE=1" }',
    },
  });
  await story.github.createRepository({
    name: 'O/site-scripts',
    files: { 'job.slurm': '#!/bin/sh\n#SBATCH --comment=ours\n' },
  });
  await rename(join(story.directory, 'github/O/site-scripts.git'), join(directory, 'site-scripts.git'));
  await story.site.startEventHandler();
  const forged = `[PR]\nrepo = EESSI/other\npr_number = 1\npr_comment_id = 1\n`;
  await story.openPullRequest([
    {
      message: 'Look harmless',
      files: async (workTree) => {
        const links = {
          cfg: 'new',
          'site-scripts': 'empty',
          '_bot_job.json': 'record',
          'slurm-11.out': 'log',
          '7.diff': 'diff',
        };
        for (const [name, to] of Object.entries(links)) await symlink(join(outside, to), join(workTree, name));
        await writeFile(join(workTree, '_bot_job11.metadata'), forged);
        await writeFile(join(workTree, '_bot_job11.result'), '[RESULT]\nstatus = SUCCESS\n');
        await writeFile(join(workTree, '_bot_job11.end'), 'exit = 0\n');
      },
    },
  ]);
  const { comments } = await story.comment(build);
  expect(jobIdsIn(comments)).toEqual(['11']);
  const job = (await story.jobs())['11'] ?? '';
  expect((await readdir(outside)).sort()).toEqual(['empty']);
  expect(await readdir(join(outside, 'empty'))).toEqual([]);
  expect((await lstat(join(job, 'site-scripts'))).isDirectory()).toBe(true);
  expect((await lstat(join(job, 'cfg'))).isDirectory()).toBe(true);
  expect((await readdir(job)).filter((name) => /^(_bot|slurm)/.test(name)).sort()).toEqual([
    '_bot_job.json',
    '_bot_job11.metadata',
  ]);
  expect(await readFile(join(job, '_bot_job11.metadata'), 'utf8')).toContain(
    `repo = ${repository}\npr_number = ${story.number}\n`,
  );
  expect((await slurm.calls('sbatch')).at(-1)?.at(-1)).toBe(`${job}/site-scripts/job.slurm`);
});

it('a customization, and a job.cfg, that a pull request made a link are not followed', async () => {
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: { 'buildenv.cvmfs_customizations': '{ "/cvmfs/custom.conf": "LINE=1" }' },
  });
  await story.site.startEventHandler();
  await writeFile(join(directory, 'victim'), 'untouched\n');
  await story.openPullRequest([
    {
      message: 'Link',
      files: async (workTree) => {
        await symlink(join(directory, 'victim'), join(workTree, 'custom.conf'));
        await mkdir(join(workTree, 'cfg'));
        await symlink(join(directory, 'victim'), join(workTree, 'cfg/job.cfg'));
      },
    },
  ]);
  const { comments } = await story.comment(build);
  const job = (await story.jobs())[jobIdsIn(comments)[0] ?? ''] ?? '';
  expect(await readFile(join(job, 'custom.conf'), 'utf8')).toBe('LINE=1\n');
  expect((await lstat(join(job, 'cfg/job.cfg'))).isFile()).toBe(true);
  expect(await readFile(join(directory, 'victim'), 'utf8')).toBe('untouched\n');
});

it('what a command says reaches sbatch as a directory only', async () => {
  story = await makeCasesSite({ slurm: slurm.environment, settings: { 'buildenv.allowed_exportvars': '["A=b"]' } });
  await story.site.startEventHandler();
  await story.openPullRequest();
  const { comments } = await story.comment('bot: build on:arch=zen2 for:arch=--wrap/-D/--export export:A=b');
  expect(jobIdsIn(comments)).toEqual(['11']);
  const words = (await slurm.calls('sbatch')).at(-1) ?? [];
  expect(words.slice(0, -1).filter((word) => /wrap|-D|export|A=b/.test(word))).toEqual([]);
  expect(await slurm.directoryOf('sbatch')).toContain('/run_000/--wrap/-D/--export/R1');
  for (const evil of ['export:A=b;reboot', 'export:A=$(id)', 'export:B=c', 'for:arch=a;reboot']) {
    const refused = await story.comment(evil.startsWith('for') ? `bot: build ${evil}` : `${build} ${evil}`);
    expect(jobIdsIn(refused.comments)).toEqual([]);
    expect(refused.reactions).toContain('confused');
  }
  expect(await slurm.calls('sbatch')).toHaveLength(1);
});
