import { createHmac } from 'node:crypto';
import { on } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { timeInName } from '../../src/jobs/names-on-disk.ts';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { type Running, repository, webhookSecret } from './site.ts';

// One of each kind is poisoned: a delivery, an order, a job's record, a result. The others go on, people can see it, and can put it right.

let slurmDirectory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let eventHandler: Running;
let jobManager: Running;
beforeEach(async () => {
  slurmDirectory = await mkdtemp(join(tmpdir(), 'set-aside-'));
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
const ids = (...parts: string[]) => join(story.directory, 'ids', ...parts);
const isJson = (name: string) => name.endsWith('.json') && !name.startsWith('.');
const address = () => /http:\/\/[\d.:]+/.exec(eventHandler.output())?.[0] ?? '';

/** A delivery that is signed and makes no sense. */
async function deliverNonsense(): Promise<string> {
  const body = '{"action":"created","comment":{"id":4711}}';
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  const answer = await fetch(address(), {
    method: 'POST',
    body,
    headers: {
      'x-github-event': 'issue_comment',
      'x-github-delivery': 'a-poisoned-one',
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  expect([answer.status, await answer.text()]).toEqual([202, 'accepted: it is on disk\n']);
  return await fileAppears(state('inbox/failed'), (name) => isJson(name) && name.includes('a-poisoned-one'));
}

interface Told {
  readonly setAside: { readonly count: number; readonly newest: readonly { readonly name: string }[] };
  readonly jobManagerTroubles: readonly string[];
}

/** What /health says, once it fits: the job manager's report comes an interval later. */
async function health(fits: (told: Told) => boolean): Promise<Told> {
  const watcher = watch(state());
  try {
    const changes = on(watcher, 'change');
    for (;;) {
      const told = (await (await fetch(`${address()}/health`)).json()) as Told;
      if (fits(told)) return told;
      await changes.next();
    }
  } finally {
    watcher.close();
  }
}

async function admin(...words: string[]): Promise<{ status: number | null; output: string }> {
  return await story.site.run('scripts/bot-admin', ...words);
}

// Of today: one of long ago is forgotten within a minute of being done.
const ordered = new Date().toISOString();
const orderName = `${timeInName(ordered)}_an-order.json`;

/** A job that the queue shows as running, and its comment. */
async function build(id: string, others: readonly { id: string; state: string; workDir: string }[] = []) {
  const { comments } = await story.comment('bot: build for:arch=x86_64/amd/zen2');
  const workDir = await slurm.directoryOf('sbatch');
  const job = { id, state: 'RUNNING', workDir };
  await slurm.queue(job, ...others);
  return { job, comment: comments[0]?.id ?? 0 };
}

it('stops nothing else, is seen, and is done after all when it was put right', async () => {
  const first = await build('11');
  await story.until(first.comment, /\|running\|/);
  await jobManager.stop(); // what it is about to write would mend what is damaged here
  const record = join(first.job.workDir, '_bot_job.json');
  const goodRecord = await readFile(record, 'utf8');
  await writeFile(record, goodRecord.slice(0, 100));
  await mkdir(state('orders'), { recursive: true });
  await writeFile(state('orders', orderName), '{"version": 1, "kind"');
  const looks = async () => (await slurm.calls('squeue')).length;
  const looksBefore = await looks();
  jobManager = await story.site.startJobManager();
  await fileAppears(state('orders/failed'), (name) => isJson(name));
  const nonsense = await deliverNonsense();

  const second = await build('12', [first.job]);
  await story.until(second.comment, /\|running\|/);
  await fileAppears(ids('failed'), (name) => name === '11');
  expect((await looks()) - looksBefore).toBeGreaterThanOrEqual(20);
  await jobManager.stop();
  jobManager = await story.site.startJobManager();
  await writeFile(join(second.job.workDir, '_bot_job12.result'), Buffer.from([0, 255, 254, 10, 91, 10]));
  await slurm.queue(first.job, { ...second.job, state: 'COMPLETED' });
  await story.until(second.comment, /\|finished\|.*\n.*\|test result\|/);
  await story.jobFinished('12');
  expect(await readdir(ids('submitted'))).toEqual([]); // though the queue shows the first one still

  const told = await health(({ jobManagerTroubles }) => jobManagerTroubles.length === 0);
  const newest = [{ kind: 'order' }, { name: nonsense }, { kind: 'job', name: '11' }];
  expect(told.setAside).toMatchObject({ count: 3, newest });
  const { status, output } = await admin('status');
  expect([status, output.split('\n').filter((line) => line.startsWith('- '))]).toEqual([
    1,
    [
      expect.stringMatching(/^- a delivery was set aside at .*: it cannot be understood: .*a-poisoned-one\.json/),
      expect.stringMatching(/^- an order was set aside at .*: it cannot be understood: it is not JSON: /),
      expect.stringMatching(
        /^- job 11 was set aside at .*, at last with: .*_bot_job\.json is not JSON.*ids\/failed\/11;/,
      ),
    ],
  ]);

  await writeFile(record, goodRecord);
  await slurm.queue({ ...first.job, state: 'COMPLETED' });
  expect((await admin('replay', '11')).output).toMatch(/^Put back: .*\/ids\/submitted\/11 is taken up again/m);
  await story.jobFinished('11');
  const states = story.body(first.comment).matchAll(/^\|[^|]*\d[^|]*\|([a-z ]+)\|/gm);
  expect([...states].map(([, name]) => name)).toEqual(['submitted', 'released', 'running', 'finished', 'test result']);
  expect(await admin('replay', '11')).toEqual({ status: 0, output: expect.stringMatching(/^It is done: /) });
  const [owner, name] = repository.split('/');
  const order = { version: 1, kind: 'deploy', repository: { owner, name }, pullRequest: story.number, by: 'carol' };
  await writeFile(state('orders/failed', orderName), JSON.stringify({ ...order, delivery: 'an-order', at: ordered }));
  expect((await admin('replay', '--reseal', 'an-order')).output).toMatch(
    /^Put back: .*an-order\.json is taken up again/m,
  );
  await fileAppears(state('orders/done'), (each) => each.includes('an-order'));
  expect(await admin('replay', 'an-order')).toEqual({ status: 0, output: expect.stringMatching(/^It is done: /) });

  const said = await story.comment('bot: help');
  const typed = JSON.parse(said.delivery.request.body) as { comment: { id: number } };
  const other = { ...typed, comment: { ...typed.comment, id: said.commentId } };
  const aside = JSON.parse(await readFile(state('inbox/failed', nonsense), 'utf8'));
  await writeFile(state('inbox/failed', nonsense), JSON.stringify({ ...aside, body: JSON.stringify(other) }));
  expect((await admin('replay', '--reseal', 'a-poisoned-one')).status).toBe(0);
  await eventHandler.stop();
  eventHandler = await story.site.startEventHandler();
  await fileAppears(state('inbox/done'), (each) => each === nonsense);
  for (const place of [state('inbox/failed'), state('orders/failed'), ids('failed')])
    expect(await readdir(place)).toEqual([]);

  await health(({ jobManagerTroubles, setAside }) => jobManagerTroubles.length + setAside.count === 0);
  const after = await admin('status', '--json');
  expect([after.status, JSON.parse(after.output)]).toMatchObject([
    0,
    { ok: true, needsHuman: [], daemons: { 'event handler': { state: 'runs', number: 2 } }, setAside: [] },
  ]);
});

it('health says so where what was set aside cannot be read', async () => {
  await mkdir(ids(), { recursive: true });
  await writeFile(ids('failed'), 'in the way');
  const answer = await fetch(`${address()}/health`);
  const storage = expect.stringMatching(/^what the daemons keep cannot be read: ENOTDIR/);
  expect([answer.status, await answer.json()]).toMatchObject([503, { ok: false, storage, inbox: { failed: 0 } }]);
});

it('status works while nothing runs, and says so', async () => {
  await eventHandler.kill();
  const { status, output } = await admin('status');
  expect(status).toBe(1);
  expect(output).toMatch(/^- the event handler died, or its machine is gone: last sign at .*: start it$/m);
  expect(output).toMatch(/^job manager +runs since .*number 1\)$/m);
  for (const command of ['replay', 'drop']) expect((await admin(command, 'no-such')).status).toBe(1);
});
