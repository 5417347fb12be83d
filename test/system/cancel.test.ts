import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { realSlurm } from '../slurm/real-slurm.ts';
import { type AnnouncedJob, type CasesOptions, type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';

// `bot: cancel`, typed on the stand-in for GitHub, on a Slurm that has room for one job.

const slurm = realSlurm({ nodes: 1, cpusPerNode: 1 });
let story: CasesSite;
afterEach(() => story?.close());

async function begin(settings: CasesOptions['settings'] = {}): Promise<void> {
  story = await makeCasesSite({
    slurm: slurm().environment,
    buildSeconds: 600,
    settings: {
      'bot_control.chatlevel': 'chatty',
      'bot_control.command_permission': 'alice bob dave',
      'buildenv.build_permission': 'alice bob',
      ...settings,
    },
  });
  await story.site.startEventHandler();
  await story.openPullRequest();
}

const build = async (target: string): Promise<AnnouncedJob> => (await story.build(`bot: build for:arch=${target}`))[0];
const zen2 = 'x86_64/amd/zen2';
const zen3 = 'x86_64/amd/zen3';

/** What the bot answers to a comment: the lines of what came of it. */
async function answer(comment: string, by = 'alice'): Promise<string[]> {
  const { comments } = await story.comment(comment, by);
  const lines = comments.flatMap(({ body }) => body.split('\n'));
  return lines
    .slice(lines.findIndex((line) => line.includes('resulted in:')) + 1)
    .filter((line) => /^ {2}- /.test(line));
}

const stateOf = async ({ id }: AnnouncedJob) =>
  /JobState=(\w+)/.exec(await slurm().run('scontrol', '--oneliner', 'show', 'jobid', id))?.[1];

/** The rows of a job's table from its end on, without their dates. */
async function endOf(job: AnnouncedJob): Promise<string[]> {
  await story.jobFinished(job.id);
  const rows = story
    .bodyOf(job)
    .split('\n')
    .map((line) => line.replace(/^\|[^|]*\|/, '|'));
  return rows.slice(rows.findIndex((row) => row.startsWith('|finished|'))).map((row) => row.slice(0, 70));
}

const cancelledBy = (login: string, { id }: AnnouncedJob) => [
  `|finished|job id \`${id}\` was cancelled by \`${login}\`|`,
  // Slurm signals one process of a job after the other: the build may be told of as failed before its script is ended, too.
  expect.stringMatching(new RegExp(`^\\|finished\\|\`CANCELLED\` by \`${login}\`(\\|$| <details>)`)),
  expect.stringMatching(/^\|test result\|/),
];

it('cancels a held, a waiting and a running job, by its number and by filters, and tells by whom', async () => {
  await begin();
  const [held, runs] = [await build(`${zen3},accel=nvidia/cc80`), await build(zen2)];
  expect(await answer(`bot: cancel jobid:${held.id}`)).toEqual([`  - cancelled job \`${held.id}\``]);
  expect(await stateOf(held)).toBe('CANCELLED');

  await story.site.startJobManager();
  expect(await endOf(held)).toEqual(cancelledBy('alice', held));
  await story.until(runs.commentId, /\|running\|/);
  const waits = await build(zen3);
  await story.until(waits.commentId, /\|released\|/);
  expect(await stateOf(waits)).toBe('PENDING');
  expect(await answer('bot: cancel arch:zen3')).toEqual([`  - cancelled job \`${waits.id}\``]);
  expect(await endOf(waits)).toEqual(cancelledBy('alice', waits));

  expect(await stateOf(runs)).toBe('RUNNING');
  expect(await answer('bot: cancel')).toEqual([`  - cancelled job \`${runs.id}\``]);
  expect(await endOf(runs)).toEqual(cancelledBy('alice', runs));

  const { comments } = await story.comment('bot: status');
  const [status = ''] = comments.flatMap(({ body }) => (body.includes('|on|for|') ? [body] : []));
  expect(status.match(/\|`CANCELLED` by `alice`\|[^|]*\|finished\|/g)).toHaveLength(3);
  await fileAppears(join(story.directory, 'jobs/.bot/orders/done'), (name) => name.includes(`-cancel-${runs.id}`));
  expect(await answer(`bot: cancel jobid:${runs.id}`)).toEqual([
    '  - No cancellable jobs were given.',
    `  - job \`${runs.id}\` was not cancelled: it has ended: \`CANCELLED\`.`,
  ]);
  const nothing = await story.comment('bot: cancel');
  expect(nothing.reactions).toEqual(['eyes', 'confused']);
  expect(nothing.comments[0]?.body).toMatch(
    /No jobs were cancelled\.\n {2}- no job that this command selects waits or runs on this instance; `bot: status` lists all jobs\./,
  );
});

it('refuses who may not, leaves alone what is not theirs, and says which jobs nobody has', async () => {
  await begin();
  const job = await build(zen2);
  const metadata = await readFile(join(job.directory, `_bot_job${job.id}.metadata`), 'utf8');
  expect(metadata).toMatch(/^job_owner = alice$/m);

  expect(await answer(`bot: cancel jobid:${job.id}`, 'dave')).toEqual([
    '  - User `dave` cannot submit or cancel build jobs.',
  ]);
  expect(await answer(`bot: cancel jobid:${job.id} jobid:12_1`, 'bob')).toEqual([
    '  - No jobs were cancelled.',
    `  - job \`${job.id}\` was not cancelled: it was ordered by \`alice\`, and on this instance a job is cancelled by its owner, unless the admin allows others to (\`cancel_permission\`).`,
    '  - `12_1` is no job id; a job id is a number, as in `jobid:1234`.',
  ]);
  const unknown = await story.comment('bot: cancel jobid:987654');
  expect(unknown.reactions).toEqual(['eyes', 'confused']);
  expect(unknown.comments.map(({ body }) => body)).toEqual([
    expect.stringContaining('no job `987654` was announced on this pull request; `bot: status` lists the jobs'),
  ]);
  expect(await answer('bot: cancel jobid:987654 inst:bot-a')).toEqual([
    '  - No cancellable jobs were given.',
    '  - job `987654` was not cancelled: this instance has no such job.',
  ]);
  await story.openPullRequest();
  expect(await answer(`bot: cancel jobid:${job.id}`)).toEqual([
    '  - No cancellable jobs were given.',
    `  - job \`${job.id}\` was not cancelled: it belongs to another pull request; type the command there.`,
  ]);
  expect(await answer('bot: cancel')).toEqual([
    '  - No jobs were cancelled.',
    '  - this instance has no job of this pull request; `bot: status` lists those of all instances',
  ]);
  expect(await stateOf(job)).toBe('PENDING');
  expect(await readdir(join(story.directory, 'jobs/.bot')).then((names) => names.includes('orders'))).toBe(false);
  await slurm().run('scancel', job.id);
});

it('while Slurm is away it says so, and the job manager cancels the job once it is back; whoever may build may, if the site says so', async () => {
  await begin({ 'buildenv.cancel_permission': 'build' });
  const job = await build(zen2);
  await slurm().stopController();
  expect(await answer(`bot: cancel jobid:${job.id}`, 'bob')).toEqual([
    expect.stringMatching(`job \`${job.id}\` is not cancelled yet: Slurm does not answer`),
  ]);
  await slurm().startController();
  expect(await stateOf(job)).toBe('PENDING');
  expect(await answer(`bot: cancel jobid:${job.id}`)).toEqual([
    '  - No jobs were cancelled.',
    `  - job \`${job.id}\` was not cancelled: \`bob\` has cancelled it already, and its end is not told yet.`,
  ]);
  await story.site.startJobManager();
  expect(await endOf(job)).toEqual(cancelledBy('bob', job));
});
