import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CasesOptions, type CasesSite, jobIdsIn, makeCasesSite, withSetting } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// What an admin sees of the two daemons: how they start, stop, and take edits of their files.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cases-daemons-'));
  slurm = await ScriptedSlurm.make(directory);
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function make(options: Partial<CasesOptions> = {}): Promise<void> {
  story = await makeCasesSite({ ...options, slurm: slurm.environment });
}

const edit = async (name: string, value: string | undefined) =>
  writeFile(join(story.directory, 'app.cfg'), withSetting(await story.text('app.cfg'), name, value));
const zen2 = 'bot: build for:arch=x86_64/amd/zen2';

describe('at start-up', () => {
  it.each(['event_handler.sh', 'job_manager.sh'])(
    '%s names all problems at once, and does nothing',
    async (program) => {
      await make({
        settings: {
          'github.app_id': undefined,
          'buildenv.submit_command': '',
          'buildenv.local_tmp': undefined,
          'job_manager.pol_interval': '5',
          'deploycfg.bucket_name': '{\n    "R1": "b",\n    }',
        },
      });
      const { status, output } = await story.site
        .run(program, '-i', '1')
        .then((result) => (program === 'job_manager.sh' ? result : story.site.run(program)));
      expect(status).toBe(2);
      expect(output).toMatch(/\[github\] app_id: is missing/);
      expect(output).toMatch(/\[buildenv\] submit_command: is empty/);
      expect(output).toMatch(/app\.cfg:\d+: \[deploycfg\] bucket_name = .*comma/);
      expect(output).toMatch(/pol_interval = 5: .*`poll_interval`/);
      expect(output).not.toMatch(/local_tmp|PASSED/);
      await expect(readdir(join(story.directory, 'jobs'))).rejects.toThrow('ENOENT');
    },
  );

  it('a good configuration passes; that everyone may build is told', async () => {
    await make({ settings: { 'buildenv.build_permission': '' } });
    const { status, output } = await story.site.run('job_manager.sh', '--max-manager-iterations', '0');
    expect(status).toBe(0);
    expect(output).toContain('Configuration check: PASSED');
    expect(output).toMatch(/build_permission: is empty: everyone in command_permission may build/);
    expect(await slurm.calls('squeue')).toEqual([]);
  });

  it('the event handler needs the webhook secret', async () => {
    await make({ environment: { GITHUB_APP_SECRET_TOKEN: '' } });
    const { status, output } = await story.site.run('event_handler.sh', '--port', '0', '--smee', 'https://smee.io');
    expect([status, output]).toEqual([2, expect.stringContaining('GITHUB_APP_SECRET_TOKEN')]);
    expect(output).toContain('command line: --smee: names smee.io without a channel');
  });

  it('--config names another file', async () => {
    await make();
    await rename(join(story.directory, 'app.cfg'), join(story.directory, 'other.cfg'));
    const words = ['--config', 'other.cfg', '-i', '0'];
    expect((await story.site.run('job_manager.sh', ...words)).output).toContain('Configuration check: PASSED');
    expect((await story.site.run('job_manager.sh', '-i', '0')).status).toBe(2);
  });

  it('without options: port 3000 of 127.0.0.1, and intervals for ever', async () => {
    await make();
    const handler = await story.site.run('event_handler.sh', '--help');
    expect(handler.output).toMatch(/--port <port>.*\(default: 3000\)/);
    expect(handler.output).toMatch(/--host <host>.*\(default: "127\.0\.0\.1"\)/);
    const manager = await story.site.run('job_manager.sh', '--help');
    expect(manager.output).toMatch(/--max-manager-iterations <number>.*negative: for ever \(default: -1\)/);
  });

  it('options without effect are taken, unknown ones are not', async () => {
    await make();
    await (await story.site.startEventHandler('-d', '-b', '-t', '--host', '127.0.0.1', '--config', 'app.cfg')).stop();
    expect((await story.site.run('event_handler.sh', '--nonsense')).status).not.toBe(0);
  });
});

it('an edit that is broken changes nothing and is told; the mended file is taken', async () => {
  await make();
  const handler = await story.site.startEventHandler();
  const address = /listens on (\S+)/.exec(handler.output())?.[1];
  const health = async () => (await fetch(`${address}/health`)).status;
  await story.openPullRequest();
  expect(await health()).toBe(200);
  const good = await story.text('app.cfg');
  await edit('deploycfg.bucket_name', '{"R1": "b",}');
  expect(await health()).toBe(503);
  expect(jobIdsIn((await story.comment(zen2)).comments)).toHaveLength(1);
  const told = await fetch(`${address}/health`).then((response) => response.text());
  expect(told).toContain('bucket_name');
  await writeFile(join(story.directory, 'app.cfg'), withSetting(good, 'bot_control.command_permission', 'bob'));
  expect(await health()).toBe(200);
  expect(jobIdsIn((await story.comment(zen2)).comments)).toEqual([]);
});

it('-f handles one event from a file, without signature, and ends; -c what is in the inbox and what was missed', async () => {
  await make();
  const handler = await story.site.startEventHandler();
  await story.openPullRequest();
  await handler.stop();
  const missed = await story.github.comment(repository, story.number, 'alice', 'bot: help');
  const headers = { 'x-github-event': 'issue_comment', 'X-GITHUB-DELIVERY': missed.guid };
  await writeFile(join(directory, 'event.json'), JSON.stringify({ headers, json: JSON.parse(missed.request.body) }));
  expect((await story.site.run('event_handler.sh', '-f', join(directory, 'event.json'))).status).toBe(0);
  expect(story.comments().at(-1)?.body).toContain('received bot command `help`');

  await story.github.comment(repository, story.number, 'alice', 'bot: show_config'); // nobody listens
  expect((await story.site.run('event_handler.sh', '-c')).status).toBe(0);
  expect(story.comments().at(-1)?.body).toMatch(/^Instance `bot-a` is configured/);
});

it('events_log/ has what was received, after it was verified; nothing of what was not', async () => {
  await make();
  const handler = await story.site.startEventHandler();
  const address = /listens on (\S+)/.exec(handler.output())?.[1] ?? '';
  await story.openPullRequest();
  const { delivery } = await story.comment('text');
  const day = delivery.deliveredAt.toISOString().slice(0, 10);
  const names = await readdir(join(story.directory, 'events_log/issue_comment/created', day));
  const stamp = expect.stringMatching(
    new RegExp(`^${day}T\\d\\d-\\d\\d-\\d\\d_${delivery.guid}_(body|headers)\\.json$`),
  );
  expect(names).toEqual([stamp, stamp]);
  const body = await story.text(
    `events_log/issue_comment/created/${day}/${names.find((name) => name.endsWith('_body.json'))}`,
  );
  expect(body).toMatch(/^\{\n {4}"action": "created",\n {4}"comment": \{\n {8}/);
  const forged = { 'x-github-event': 'star', 'x-github-delivery': 'forged-1', 'x-hub-signature-256': 'sha256=00' };
  expect((await fetch(address, { method: 'POST', headers: forged, body: '{}' })).status).toBe(401);
  expect(await readdir(join(story.directory, 'events_log'))).toEqual(['issue_comment', 'pull_request']);
});

describe('the job manager', () => {
  const iterate = async (...options: string[]) =>
    expect((await story.site.run('job_manager.sh', '-i', '1', ...options)).status).toBe(0);
  const rowsOf = (commentId: number) =>
    story
      .body(commentId)
      .split('\n')
      .filter((line) => / UTC \d{4}\|/.test(line))
      .map((line) => line.split('|').slice(2, -1).join('|'));

  it('concludes nothing from a queue that fails or is empty; scontrol tells how the job ended', async () => {
    await make({
      settings: { 'job_manager.scontrol_command': 'scontrol --clusters=%%(cluster)s', 'buildenv.job_name': 'prod' },
    });
    await story.site.startEventHandler();
    await story.openPullRequest();
    const { comments } = await story.comment(zen2);
    const commentId = comments[0]?.id ?? 0;
    const workDir = (await story.jobs())['11'] ?? '';
    await slurm.queue({ id: '11', state: 'PENDING', reason: 'JobHeldUser', workDir, cluster: 'c2' });
    await iterate();
    expect((await slurm.calls('scontrol')).at(-1)).toEqual(['--clusters=c2', 'release', '11']);
    expect((await slurm.calls('squeue')).at(-1)?.slice(0, 4)).toEqual([
      '--long',
      '--noheader',
      expect.stringMatching(/^--user=/),
      '--name=prod',
    ]);
    await slurm.queue({ id: '11', state: 'RUNNING', workDir, cluster: 'c2' });
    await iterate();
    const told = rowsOf(commentId);
    expect(told.map((row) => row.split('|')[0])).toEqual(['submitted', 'released', 'running']);
    const answer = (state: string, reason: string) =>
      slurm.script(
        'scontrol',
        `echo "JobId=11 JobName=x UserId=u(1) JobState=${state} Reason=${reason} Dependency=(null) ExitCode=0:0 WorkDir=${workDir} StdErr=/x"`,
      );
    await answer('RUNNING', 'None');
    for (const squeue of ['exit 1', '', 'echo garbage']) {
      await slurm.script('squeue', squeue);
      await iterate();
      expect(rowsOf(commentId)).toEqual(told);
    }
    await slurm.script('squeue', '');
    await answer('TIMEOUT', 'TimeLimit');
    // Slurm is asked again an interval after its last answer, however fast the iterations are.
    while (rowsOf(commentId).length === told.length) await iterate();
    expect(rowsOf(commentId)[3]).toMatch(/^finished\|`TIMEOUT` \(TimeLimit\) .*_bot_job11\.result/);
    expect(await readdir(join(story.directory, 'ids/finished'))).toEqual(['11']);
  });

  it('with -j follows these jobs only', async () => {
    await make();
    await story.site.startEventHandler();
    await story.openPullRequest();
    await story.comment(`${zen2}+x86_64/amd/zen3`);
    const jobs = await story.jobs();
    await slurm.queue(...Object.entries(jobs).map(([id, workDir]) => ({ id, state: 'RUNNING', workDir })));
    await iterate('-j', '12');
    expect(await readdir(join(story.directory, 'ids/submitted'))).toEqual(['12']);
  });

  it('looks at the jobs of USER, and leaves alone a job that has no metadata file', async () => {
    await make({ environment: { USER: 'somebody' } });
    await slurm.queue({ id: '5', state: 'RUNNING', workDir: directory });
    await iterate();
    expect((await slurm.calls('squeue')).at(-1)).toContain('--user=somebody');
    await expect(readdir(join(story.directory, 'ids/submitted'))).rejects.toThrow('ENOENT');
    await writeFile(
      join(directory, '_bot_job5.metadata'),
      `[PR]\nrepo = ${repository}\npr_number = 1\npr_comment_id = -1\n`,
    );
    await story.openPullRequest();
    await iterate();
    expect(await readdir(join(story.directory, 'ids/submitted'))).toEqual(['5']);
  });
});
