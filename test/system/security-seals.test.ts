import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSealed } from '../sealed-files.ts';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { type Running, repository } from './site.ts';

// Somebody can write all that the daemons go by, and not read the App's key: a job with the account of the daemons, say.

let slurmDirectory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let eventHandler: Running;
let jobManager: Running;
beforeEach(async () => {
  slurmDirectory = await mkdtemp(join(tmpdir(), 'seals-'));
  slurm = await ScriptedSlurm.make(slurmDirectory);
  story = await makeCasesSite({ slurm: slurm.environment, settings: { 'buildenv.slurm_params': '' } });
  eventHandler = await story.site.startEventHandler();
  jobManager = await story.site.startJobManager();
  await story.openPullRequest();
});
afterEach(async () => {
  await story?.close();
  await rm(slurmDirectory, { recursive: true, force: true, maxRetries: 10 });
});

const state = (...parts: string[]) => join(story.directory, 'jobs/.bot', ...parts);
const admin = (...words: string[]) => story.site.run('scripts/bot-admin', ...words);
const build = 'bot: build for:arch=x86_64/amd/zen2 force';

/** A job that the queue shows as running, beside others. */
async function runJob(...others: readonly { id: string; state: string; workDir: string }[]) {
  const [{ id, commentId }] = await story.build(build);
  const job = { id, state: 'RUNNING', workDir: await slurm.directoryOf('sbatch') };
  await slurm.queue(job, ...others);
  await story.until(commentId, /\|running\|/);
  return { job, commentId };
}

it('what somebody writes into the files of the daemons is not done, is told, and stops nothing else', async () => {
  const honest = await runJob();
  const forger = await runJob(honest.job);
  const said = story.comments().length;
  await eventHandler.stop();
  await jobManager.stop(); // what it is about to write would take the place of what is forged here
  const record = join(forger.job.workDir, '_bot_job.json');
  const own = await readSealed(record);
  await writeFile(
    record,
    JSON.stringify({ ...own, comment: { ...own.comment, id: honest.commentId, head: 'forged' } }),
  );
  const [owner, name] = repository.split('/');
  await mkdir(state('orders'), { recursive: true });
  const order = { version: 1, kind: 'deploy', repository: { owner, name }, pullRequest: story.number, by: 'carol' };
  await writeFile(
    state('orders/2025-01-05T00-00-00.000Z_forged.json'),
    JSON.stringify({ ...order, delivery: 'forged', at: '2025-01-05T00:00:00.000Z' }),
  );
  const [typed = ''] = (await readdir(state('inbox/done'))).filter((each) => each.includes('_comment.'));
  const delivery = await readFile(state('inbox/done', typed), 'utf8');
  const forged = typed.replace(/comment\.\d+_.*/, 'comment.999999_forged.json');
  await writeFile(state('inbox/new', forged), delivery);
  await story.site.startEventHandler();
  await story.site.startJobManager();

  await fileAppears(state('inbox/failed'), (each) => each === `${forged}.damaged`);
  await fileAppears(state('orders/failed'), (each) => each.endsWith('_forged.json'));
  await fileAppears(join(story.directory, 'ids/failed'), (each) => each === forger.job.id);
  await slurm.queue({ ...honest.job, state: 'COMPLETED' }, forger.job);
  await story.until(honest.commentId, /\|finished\|/);
  await story.jobFinished(honest.job.id);

  expect(story.body(honest.commentId)).toMatch(/^New job on instance/);
  expect(story.comments()).toHaveLength(said);
  expect(story.comments().filter(({ body }) => /forged|\|(not )?uploaded\|/.test(body))).toEqual([]);
  expect(await slurm.calls('sbatch')).toHaveLength(2);
  const { status, output } = await admin('status');
  expect([
    status,
    output
      .split('\n')
      .filter((line) => line.startsWith('- ') && !line.startsWith('- jobs run as the account of the daemons'))
      .toSorted(),
  ]).toEqual([
    1,
    [
      expect.stringMatching(
        /^- a delivery was set aside at .*_forged\.json has a seal that is not of this text in this place/,
      ),
      expect.stringMatching(/^- an order was set aside at .*: it cannot be understood: it has no seal: .*--reseal/),
      expect.stringMatching(
        new RegExp(`^- job ${forger.job.id} was set aside at .*_bot_job\\.json has no seal: .*--reseal`),
      ),
    ],
  ]);
});

it('with another key of the App the daemons say what to type, and go on after it where they were', async () => {
  const { job, commentId } = await runJob();
  const key = join(story.directory, 'private-key.pem');
  expect(await admin('reseal', '--previous-key', key)).toEqual({
    status: 2,
    output: expect.stringMatching(/^error: an event handler runs already .*: stop that one first/m),
  });
  await eventHandler.stop();
  await jobManager.stop();
  await rename(key, `${key}.old`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  for (const start of [() => story.site.startEventHandler(), () => story.site.startJobManager()]) {
    await expect(start()).rejects.toThrow(
      /ended \(exit status 1\):.*seal\.json has a seal that is not of this text.*\.\/bot\.sh reseal --previous-key FILE/s,
    );
  }
  expect((await admin('reseal')).output).toMatch(/name the key that the App had before/);
  expect(await admin('reseal', '--previous-key', `${key}.old`)).toEqual({
    status: 0,
    output: expect.stringMatching(/Sealed anew: \d+ files\. The daemons can be started\.\n$/),
  });
  // As GitHub has only the first key of the App here, it is put back, and the way is gone once more.
  await rename(key, `${key}.new`);
  await rename(`${key}.old`, key);
  expect((await admin('reseal', '--previous-key', `${key}.new`)).status).toBe(0);
  await story.site.startEventHandler();
  await story.site.startJobManager();
  await slurm.queue({ ...job, state: 'COMPLETED' });
  await story.until(commentId, /\|finished\|/);
  expect((await admin('status')).output).toMatch(/^All is fine\.$/m);
});
