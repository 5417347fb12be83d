import { execFileSync } from 'node:child_process';
import { lutimes, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timeInName } from '../../src/jobs/names-on-disk.ts';
import { Seal } from '../../src/outside/files/seal.ts';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { type Running, repository } from './site.ts';

// The real daemons, while each kind of file that they keep has a shape that they never write, all at once: they start, each thing is set
// aside, refused or told, and what has good files is done. Shape after shape at one site: what goes on in one is the good job of the next.

let slurmDirectory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let eventHandler: Running;
let jobManager: Running;
let good: Built;
beforeAll(async () => {
  slurmDirectory = await mkdtemp(join(tmpdir(), 'wrong-shapes-'));
  slurm = await ScriptedSlurm.make(slurmDirectory);
  story = await makeCasesSite({ slurm: slurm.environment, settings: { 'buildenv.slurm_params': '' } });
  await start();
  await story.openPullRequest();
  good = await build();
});
afterAll(async () => {
  await story?.close();
  await rm(slurmDirectory, { recursive: true, force: true, maxRetries: 10 });
});

async function start(): Promise<void> {
  eventHandler = await story.site.startEventHandler();
  jobManager = await story.site.startJobManager();
}

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

interface Built {
  readonly job: { readonly id: string; readonly state: string; readonly workDir: string };
  readonly comment: number;
}
let submitted = 10;

/** A job that the queue shows as running, beside others, and its comment, which says so. */
async function build(...others: readonly Built[]): Promise<Built> {
  const { comments } = await story.comment('bot: build for:arch=x86_64/amd/zen2 force');
  const workDir = await slurm.directoryOf('sbatch');
  const job = { id: String(++submitted), state: 'RUNNING', workDir };
  await slurm.queue(job, ...others.map((each) => each.job));
  const comment = comments.find(({ body }) => body.includes(`job id \`${job.id}\``))?.id ?? 0;
  await story.until(comment, /\|running\|/);
  return { job, comment };
}

const logs = () => ['event_handler.log', 'job_manager.log'].map((name) => join(story.directory, name));

/** The file of the lease that was the last. */
async function lease(kind: string): Promise<string> {
  const numberIn = (name: string) => Number(/\.(\d+)\.lease$/.exec(name)?.[1]);
  const names = (await readdir(state('locks'))).filter((name) => name.startsWith(kind) && numberIn(name) > 0);
  return state('locks', names.toSorted((one, other) => numberIn(one) - numberIn(other)).at(-1) ?? '');
}

/** Nothing is left of what an earlier shape was told of, but for these jobs. The daemons are stopped. */
async function tidyUp(...kept: readonly Built[]): Promise<void> {
  const moved = (await readdir(state(), { recursive: true })).filter((name) => name.endsWith('.damaged'));
  for (const path of [...['inbox/failed', 'orders/failed', ...moved].map((each) => state(each)), ...logs()])
    await rm(path, { recursive: true, force: true });
  for (const place of ['submitted', 'failed'].map((each) => join(story.directory, 'ids', each)))
    for (const name of await readdir(place).catch(() => []))
      if (!kept.some(({ job }) => job.id === name)) await rm(join(place, name));
}

/** An order that is as it should be: its name. */
async function giveGoodOrder(delivery: string): Promise<string> {
  const [owner, name] = repository.split('/');
  const at = new Date().toISOString(); // one of long ago is forgotten within a minute of being done
  const order = { version: 1, kind: 'clean-up', repository: { owner, name }, pullRequest: 4711, by: 'bob' };
  const orderName = `${timeInName(at)}_${delivery}.json`;
  const seal = Seal.ofPrivateKey(await readFile(join(story.directory, 'private-key.pem'), 'utf8'));
  const text = seal.close('order', orderName, JSON.stringify({ ...order, delivery, at }));
  await writeFile(state('orders', orderName), text);
  return orderName;
}

it.each(Object.keys(shapes))('%s in place of each file stops nothing else', async (shape) => {
  const bad = await build(good);
  await eventHandler.stop();
  await jobManager.stop();
  await tidyUp(good, bad);

  const number = Object.keys(shapes).indexOf(shape);
  const delivery = `2026-03-10T12-00-00.000Z_000001_body.ab_wrong-${number}.json`;
  const wrongOrder = `2025-01-05T00-00-00.000Z_wrong-${number}.json`;
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
    state('orders', wrongOrder),
    ...[await lease('event handler'), await lease('job manager')],
    ...['jobs', 'ids', '.'].map((each) => join(story.directory, each, '.bot-places.json')),
    ...['_bot_job.json', `_bot_job${bad.job.id}.result`, `_bot_job${bad.job.id}.test`].map((each) =>
      join(bad.job.workDir, each),
    ),
  ])
    await put(shape, path);
  const goodOrder = await giveGoodOrder(`good-${number}`);

  await start();
  await fileAppears(state('inbox/failed'), (each) => each.startsWith(delivery) && !each.endsWith('.why'));
  await fileAppears(state('orders/failed'), (each) => each === wrongOrder);
  await fileAppears(state('orders/done'), (each) => each === goodOrder);
  const next = await build(good, bad);
  await slurm.queue({ ...good.job, state: 'COMPLETED' }, { ...bad.job, state: 'COMPLETED' }, next.job);
  await story.until(good.comment, /\|finished\|/);
  good = next;

  const { output } = await story.site.run('scripts/bot-admin', 'status');
  expect(output.split('\n').filter((line) => line.startsWith('- '))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^- a delivery was set aside at/),
      expect.stringMatching(/^- an order was set aside at/),
      expect.stringMatching(new RegExp(`^- job ${bad.job.id} (?:cannot be followed|was set aside)`)),
      expect.stringMatching(/^- deployments wait: .*uploaded-before\.json is damaged/),
    ]),
  );
  for (const log of logs()) {
    const lines = (await readFile(log, 'utf8')).split('\n');
    expect(lines.filter((line) => line.includes('an interval failed') || line.includes('fatal'))).toEqual([]);
  }
  expect([eventHandler.process.exitCode, jobManager.process.exitCode]).toEqual([null, null]);
});
