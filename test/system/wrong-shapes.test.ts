import { execFileSync } from 'node:child_process';
import { lutimes, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { timeInName } from '../../src/jobs/names-on-disk.ts';
import { Seal } from '../../src/outside/files/seal.ts';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// The real daemons, while each kind of file that they keep has a shape that they never write, all at once: they start, each thing is set
// aside, refused or told, and what has good files is done.

let slurmDirectory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  slurmDirectory = await mkdtemp(join(tmpdir(), 'wrong-shapes-'));
  slurm = await ScriptedSlurm.make(slurmDirectory);
  story = await makeCasesSite({ slurm: slurm.environment, settings: { 'buildenv.slurm_params': '' } });
});
afterEach(async () => {
  await story?.close();
  await rm(slurmDirectory, { recursive: true, force: true, maxRetries: 10 });
});

const state = (...parts: string[]) => join(story.directory, 'jobs/.bot', ...parts);

const withText = (text: string) => (path: string) => writeFile(path, text);
const shapes: Readonly<Record<string, (path: string) => unknown>> = {
  'an empty file': withText(''),
  null: withText('null'),
  'an array': withText('[]'),
  'a huge number': withText('1e999'),
  'a text': withText('"x"'),
  'an object that is no text': withText('{"version":1,"toString":1,"valueOf":1}'),
  'a prototype': withText('{"version":1,"__proto__":{"version":1}}'),
  'deep nesting': withText(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  'wrong types': withText(
    '{"version":1,"guid":{},"event":7,"body":[],"commands":[7],"said":7,"missing":[null],"before":[],"host":"h","pid":"../1","number":-1,"times":-1,"alone":{},"intervals":{"7":-1},"uploads":[7],"troubles":7,"failing":{},"places":7,"headSha":1,"repository":{"owner":"..","name":".."},"rows":{},"comment":[]}',
  ),
  'a directory': (path) => mkdir(join(path, 'with-something'), { recursive: true }),
  'a pipe': (path) => void execFileSync('mkfifo', [path]),
  'a link to itself': (path) => symlink(path, path),
};

/** Puts it there, old enough for a lease that nobody renews. */
async function put(shape: string, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  await shapes[shape]?.(path);
  const old = new Date(Date.now() - 3_600_000);
  await lutimes(path, old, old);
}

/** A job that the queue shows as running, and its comment. */
async function build(others: readonly { id: string; state: string; workDir: string }[] = []) {
  const { comments } = await story.comment('bot: build for:arch=x86_64/amd/zen2 force');
  const workDir = await slurm.directoryOf('sbatch');
  const job = { id: String(11 + others.length), state: 'RUNNING', workDir };
  await slurm.queue(job, ...others);
  return { job, comment: comments[0]?.id ?? 0 };
}

it.each(Object.keys(shapes))('%s in place of each file stops nothing else', async (shape) => {
  let eventHandler = await story.site.startEventHandler();
  let jobManager = await story.site.startJobManager();
  await story.openPullRequest();
  const good = await build();
  await story.until(good.comment, /\|running\|/);
  const bad = await build([good.job]);
  await story.until(bad.comment, /\|running\|/);
  await eventHandler.stop();
  await jobManager.stop();

  const lease = async (kind: string) => (await readdir(state('locks'))).find((name) => name.startsWith(kind)) ?? '';
  const delivery = '2026-03-10T12-00-00.000Z_000001_body.ab_wrong.json';
  for (const path of [
    ...[
      'recovery.json',
      'inbox/deaths.json',
      `inbox/attempts/${delivery}`,
      `inbox/new/${delivery}`,
      'inbox/plans/wrong.json',
    ].map((each) => state(each)),
    state(`pulls/${repository.toLowerCase()}/${story.number}.json`),
    ...['failing-jobs.json', 'uploaded-before.json', 'event-handler.json', 'job-manager.json', '.bot-places.json'].map(
      (each) => state(each),
    ),
    state('orders/2025-01-05T00-00-00.000Z_wrong.json'),
    ...[state('locks', await lease('event handler')), state('locks', await lease('job manager'))],
    ...['jobs', 'ids', '.'].map((each) => join(story.directory, each, '.bot-places.json')),
    ...['_bot_job.json', '_bot_job12.result', '_bot_job12.test'].map((each) => join(bad.job.workDir, each)),
  ])
    await put(shape, path);
  const [owner, name] = repository.split('/');
  const order = { version: 1, kind: 'clean-up', repository: { owner, name }, pullRequest: 4711, by: 'bob' };
  const at = new Date().toISOString(); // one of long ago is forgotten within a minute of being done
  const orderName = `${timeInName(at)}_good.json`;
  const seal = Seal.ofPrivateKey(await readFile(join(story.directory, 'private-key.pem'), 'utf8'));
  const text = seal.close('order', orderName, JSON.stringify({ ...order, delivery: 'good', at }));
  await writeFile(state('orders', orderName), text);

  eventHandler = await story.site.startEventHandler();
  jobManager = await story.site.startJobManager();
  await fileAppears(state('inbox/failed'), (each) => each.startsWith(delivery) && !each.endsWith('.why'));
  await fileAppears(state('orders/failed'), (each) => each.endsWith('_wrong.json'));
  await fileAppears(state('orders/done'), (each) => each.endsWith('_good.json'));
  const next = await build([good.job, bad.job]);
  await story.until(next.comment, /\|running\|/);
  await slurm.queue({ ...good.job, state: 'COMPLETED' }, { ...bad.job, state: 'COMPLETED' }, next.job);
  await story.until(good.comment, /\|finished\|/);

  const { output } = await story.site.run('scripts/bot-admin', 'status');
  expect(output.split('\n').filter((line) => line.startsWith('- '))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^- a delivery was set aside at/),
      expect.stringMatching(/^- an order was set aside at/),
      expect.stringMatching(/^- job 12 (?:cannot be followed|was set aside)/),
      expect.stringMatching(/^- deployments wait: .*uploaded-before\.json is damaged/),
    ]),
  );
  for (const log of ['event_handler.log', 'job_manager.log']) {
    const lines = (await readFile(join(story.directory, log), 'utf8')).split('\n');
    expect(lines.filter((line) => line.includes('an interval failed') || line.includes('fatal'))).toEqual([]);
  }
  expect([eventHandler.process.exitCode, jobManager.process.exitCode]).toEqual([null, null]);
});
