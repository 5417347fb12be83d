import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { locksDirectory } from '../../daemon/lease-file.ts';
import { Troubles } from '../../daemon/troubles.ts';
import { handOver, linkJob, submittedDir } from '../../jobs/handovers.ts';
import { reporter } from '../../jobs/reports.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { planAnswer } from '../comment/plan-answer.ts';
import type { Tools } from '../tools.ts';
import { ping } from './ping.ts';

const now = new Date('2026-03-10T12:00:00Z');
const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ping-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** What `bot: ping` is answered, by what lies in a state directory. */
async function answer() {
  const site = exampleSettings();
  const jobManager = { ...site.jobManager, jobIdsDir: join(directory, 'ids') };
  const settings = { ...site, stateDir: directory, jobManager };
  const got = await ping.carryOut?.({ kind: 'ping' }, {} as never, { settings, now: () => now } as unknown as Tools);
  const command = { typed: 'ping', command: { name: 'ping', expanded: 'ping' }, outcome: { kind: 'ping' } } as const;
  return planAnswer(command, got, 'alice', settings)?.result;
}

async function takeLease(kind: string, since: string, end: { readonly released?: string } = { released: since }) {
  const holder = { version: 1, number: 1, token: 't', host: 'elsewhere', pid: 7, processStart: '1', since };
  await mkdir(locksDirectory(directory), { recursive: true });
  const path = join(locksDirectory(directory), `${kind}.1.lease`);
  await writeFile(path, JSON.stringify({ ...holder, ...end }));
  return path;
}

it('tells what the daemons have written', async () => {
  await takeLease('event handler', '2026-03-10T11:00:00.000Z');
  const clock = { now: () => now, monotonic: () => 0 };
  const queue = { subject: 'queue', what: 'squeue: refused' };
  const report = { queueReadAt: '2026-03-10T11:59:00.000Z', troubles: [queue], failing: [] };
  const log = { info() {}, warn() {} };
  await reporter('job manager', new Troubles(log))(directory, report, clock, log);
  await mkdir(submittedDir(join(directory, 'ids')), { recursive: true });
  await linkJob(submittedDir(join(directory, 'ids')), { id: '7' as JobId, directory: '/jobs/7' });
  await handOver(directory, { id: '8' as JobId, directory: '/jobs/8' });
  expect(await answer()).toEqual({
    kind: 'ping',
    text: `  - version \`${version}\`
  - event handler: runs since Mar 10 11:00:00 UTC 2026, for 1 h 0 min
  - job manager: has not run yet; jobs wait until the bot's admin starts it
  - queue: read at Mar 10 11:59:00 UTC 2026, 1 min 0 s ago; the last look at it failed, the next one tries again
  - jobs that have not ended: 1 followed, 1 handed over and not taken up yet`,
  });
});

it('judges the job manager by the clock of the file server, which may be an hour behind', async () => {
  const renewed = new Date(now.getTime() - 3_600_000);
  for (const kind of ['event handler', 'job manager'])
    await utimes(await takeLease(kind, '2026-03-10T11:00:00.000Z', {}), renewed, renewed);
  expect(await answer()).toMatchObject({
    text: expect.stringContaining('job manager: runs, last sign at Mar 10 11:00:00'),
  });
});

it('tells of a state directory in which nothing was written yet', async () => {
  expect(await answer()).toEqual({
    kind: 'ping',
    text: `  - version \`${version}\`
  - event handler: runs
  - job manager: has not run yet; jobs wait until the bot's admin starts it
  - queue: not read yet
  - jobs that have not ended: 0 followed, 0 handed over and not taken up yet`,
  });
});
