import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// What is counted lies on the disk: the event handler is started anew in the midst of each story.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'limits-'));
  slurm = await ScriptedSlurm.make(directory);
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function begin(settings: Record<string, string>) {
  story = await makeCasesSite({ slurm: slurm.environment, settings: { 'buildenv.slurm_params': '', ...settings } });
  const daemon = await story.site.startEventHandler();
  await story.openPullRequest();
  return daemon;
}

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';
const bodies = ({ comments }: Awaited<ReturnType<CasesSite['comment']>>) => comments.map(({ body }) => body).join('\n');

it('commands beyond the limit of an account are refused with the reason, redeliveries count once, others go on', async () => {
  const daemon = await begin({
    'bot_control.max_commands_per_hour_per_user': '2',
    'bot_control.command_permission': 'alice bob',
    'bot_control.chatlevel': 'chatty',
  });
  const first = await story.comment('bot: help');
  expect(bodies(first)).toContain('bot: build');
  await story.github.redeliver(first.delivery.guid);
  await daemon.stop();
  await story.site.startEventHandler();
  expect(bodies(await story.comment('bot: help'))).not.toContain('an hour');
  const third = await story.comment('bot: help', 'ALICE');
  expect(bodies(third)).toMatch(
    /this bot allows one account 2 commands an hour \(`max_commands_per_hour_per_user`, which its admin sets\); `alice` has used them up \(refused ones count\); type it again after \d\d:\d\d UTC/,
  );
  expect(third.reactions).toEqual(['eyes', 'confused']);
  expect(bodies(await story.comment('bot: help', 'bob'))).not.toContain('an hour');
});

it('jobs beyond the limit of a pull request are refused until enough have ended', async () => {
  const daemon = await begin({ 'bot_control.max_waiting_jobs_per_pull_request': '1' });
  await story.comment(zen2);
  const workDir = await slurm.directoryOf('sbatch');
  expect(bodies(await story.comment(zen2))).toContain(
    'lets one pull request have 1 job that waits or runs (`max_waiting_jobs_per_pull_request`, which its admin sets); this one has 1, and this command asks for 1',
  );
  await daemon.stop();
  await story.site.startEventHandler();
  const jobManager = await story.site.startJobManager();
  await slurm.queue({ id: '11', state: 'RUNNING', workDir });
  expect(bodies(await story.comment(zen2))).toContain('type it again when enough of them have ended');
  const other = story.number;
  await story.openPullRequest();
  expect(bodies(await story.comment(zen2))).toContain('job id `12`');
  await slurm.queue({ id: '11', state: 'COMPLETED', workDir });
  await story.jobFinished('11');
  story.number = other;
  expect(bodies(await story.comment(zen2))).toContain('job id `13`');
  await jobManager.stop();
  expect(story.github.comments(repository, other).filter(({ body }) => body.includes('|submitted|'))).toHaveLength(2);
});
