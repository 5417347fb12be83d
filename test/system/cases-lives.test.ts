import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parseDate } from '../../src/messages/date.ts';
import { realSlurm } from '../slurm/real-slurm.ts';
import { type AnnouncedJob, type CasesOptions, type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';

// Jobs that really run, from the command to what is left of them.

const slurm = realSlurm();
let story: CasesSite;
afterEach(() => story?.close());

async function begin(options: Partial<CasesOptions> = {}): Promise<void> {
  story = await makeCasesSite({ ...options, slurm: slurm().environment });
  await story.site.startEventHandler();
}

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';
const date = /[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}/.source;
const rowOf = (body: string, state: string) =>
  body
    .split('\n')
    .find((line) => line.includes(`|${state}|`))
    ?.replace(new RegExp(`^\\|${date}\\|`), '|DATE|');

/** Files that are added to the pull request. */
const adding = (files: Record<string, string | null>) => [{ message: 'Change scripts', files }];
const bash = (text: string) => `#!/bin/bash\n${text}\n`;
const executable = (files: Record<string, string>) => [
  {
    message: 'Change scripts',
    files: async (workTree: string) => {
      for (const [name, text] of Object.entries(files)) await writeFile(join(workTree, name), text, { mode: 0o755 });
    },
  },
];

/** The one job of a comment with a build. */
async function build(comment = zen2): Promise<AnnouncedJob> {
  const [job] = await story.build(comment);
  return job;
}

it('what check scripts write badly: percent signs, bars, several lines, a wrong section; other jobs go on', async () => {
  await begin();
  await story.site.startJobManager();
  await story.openPullRequest(
    executable({
      'bot/check-build.sh': bash(
        `printf '[RESULT]\\ncomment_description = 50%% done, 3%%%% left | b\\n  c\\nstatus = SUCCESS\\nartefacts =\\n' >_bot_job$SLURM_JOB_ID.result`,
      ),
      'bot/check-test.sh': bash(
        `printf '[RESULT]\\ncomment_description = tested\\nstatus = SUCCESS\\n' >_bot_job$SLURM_JOB_ID.test`,
      ),
    }),
  );
  const first = await build();
  const body = await story.until(first.commentId, /\|test result\|/);
  expect(rowOf(body, 'finished')).toBe('|DATE|finished|50% done, 3% left &#124; b c|');
  expect(rowOf(body, 'test result')).toContain(`_bot_job${first.id}.test`);
  await story.openPullRequest();
  const second = await build();
  expect(rowOf(await story.until(second.commentId, /\|test result\|/), 'finished')).toContain('SUCCESS');
});

it('missing check scripts: default texts, also where tests are skipped', async () => {
  await begin({ settings: { 'buildenv.allowed_exportvars': '["SKIP_TESTS=yes"]' } });
  await story.site.startJobManager();
  await story.openPullRequest(adding({ 'bot/check-test.sh': null, 'bot/check-build.sh': null }));
  const { id, directory, commentId } = await build(`${zen2} export:SKIP_TESTS=yes`);
  const body = await story.until(commentId, /\|test result\|/);
  expect(rowOf(body, 'finished')).toContain('`bot/check-build.sh`');
  expect(rowOf(body, 'test result')).toContain('`bot/check-test.sh`');
  expect(await readFile(join(directory, `_bot_job${id}.test`), 'utf8')).toMatch(
    /^\[TEST\]\ncomment_description = .*\nstatus = UNKNOWN\n$/,
  );
});

it('in Tokyo and in German: rows are in UTC and English, and the comment only grows', async () => {
  await begin({
    environment: { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
    settings: { 'buildenv.slurm_params': '--exclusive --nodes=2' },
  });
  await story.openPullRequest();
  const other = (await build('bot: build for:arch=x86_64/amd/zen3')).id; // each needs both nodes
  const { id, commentId } = await build();
  const before = story.body(commentId);
  await story.site.startJobManager();
  const after = await story.until(commentId, /\|released\|/);
  const added = after.slice(before.length);
  expect(after.startsWith(before)).toBe(true);
  expect(added).toMatch(new RegExp(`^\\n\\|${date}\\|released\\|job awaits launch by Slurm scheduler\\|`));
  const told = parseDate(added.split('|')[1] ?? '')?.getTime() ?? 0;
  expect(Math.abs(Date.now() - told)).toBeLessThan(3_600_000);
  await story.jobFinished(other);
  await story.jobFinished(id);
});

it('incognito: jobs run to their end, and nothing is said', async () => {
  await begin({ settings: { 'bot_control.chatlevel': 'incognito' } });
  await story.site.startJobManager();
  await story.openPullRequest();
  for (const _ of [1, 2]) {
    const { comments, reactions } = await story.comment(zen2);
    expect([comments, reactions]).toEqual([[], []]);
  }
  const jobs = await story.jobs();
  expect(Object.keys(jobs)).toHaveLength(2);
  for (const [id, job] of Object.entries(jobs)) {
    await story.jobFinished(id);
    expect(await readFile(join(job, `_bot_job${id}.result`), 'utf8')).toContain('status = SUCCESS');
    expect(await readFile(join(job, `_bot_job${id}.metadata`), 'utf8')).toContain('pr_comment_id = -1\n');
  }
  expect(story.comments()).toHaveLength(2); // the commands
});

it('a failed job tells the state of Slurm before its text, and whoever cancels it too', async () => {
  await begin();
  await story.site.startJobManager();
  await story.openPullRequest(executable({ 'bot/build.sh': bash('echo $SLURM_JOB_ID >started; exec sleep 600') }));
  const { id, directory, commentId } = await build();
  await fileAppears(directory, (name) => name === 'started');
  await slurm().run('scancel', id);
  const body = await story.until(commentId, /\|finished\|/);
  // Slurm signals one process of a job after the other: the build may be told of as failed before its script is ended, too.
  const text = `(.*_bot_job${id}\\.result|<details><summary>:cry: FAILURE )`;
  expect(rowOf(body, 'finished')).toMatch(new RegExp(`^\\|DATE\\|finished\\|\`CANCELLED\` ${text}`));
});

it('delayed_begin: a job starts by itself and is told as received', async () => {
  await begin({
    settings: { 'buildenv.job_handover_protocol': 'delayed_begin', 'buildenv.job_delay_begin_factor': '3' },
  });
  await story.site.startJobManager();
  await story.openPullRequest();
  const { commentId } = await build();
  const body = await story.until(commentId, /\|finished\|/);
  expect(rowOf(body, 'submitted')).toMatch(
    /will be eligible to start in about 3 seconds, builds commit `[0-9a-f]{7}`\|$/,
  );
  expect(rowOf(body, 'received')).toMatch(
    /^\|DATE\|received\|job awaits launch by Slurm scheduler \(eligible to start from \d{4}-\d\d-\d\dT[\d:]{8}\)\|$/,
  );
  expect(body).not.toContain('|released|');
});
