import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingPlaces, notePlaces } from '../../src/daemon/places.ts';
import { readPullRequest, rememberPullRequest } from '../../src/event-handler/events/remember-pull-request.ts';
import { DamagedDelivery } from '../../src/event-handler/receive/delivery.ts';
import { Inbox } from '../../src/event-handler/receive/inbox.ts';
import { Recovery } from '../../src/event-handler/receive/recovery.ts';
import { readJobRecord } from '../../src/jobs/job-record.ts';
import { appendToLedger, readLedger } from '../../src/jobs/ledger.ts';
import { placeOrder, readOpenOrders } from '../../src/jobs/orders.ts';
import { gitHubWebhooks } from '../../src/outside/forge/github/github-webhooks.ts';
import type { JobId } from '../../src/outside/slurm/slurm.ts';
import { sealIfObject, writeSealedRecord } from '../sealed-files.ts';

// A file that a disk gave back half, at every length from nothing to all but its last character: never believed, and never in the way.

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'damaged-'));
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

const repository = { owner: 'O', name: 'R' };
/** Each beginning of a text; a line end at its end is no part of it. */
const halves = (text: string) => Array.from(text.trimEnd(), (_, length) => text.slice(0, length));

async function forEachHalf(path: string, look: (length: number) => Promise<void>): Promise<void> {
  const text = await readFile(path, 'utf8');
  for (const [length, half] of halves(text).entries()) {
    await writeFile(path, half);
    await look(length);
  }
}

describe('half a file', () => {
  it('of a job’s record is unusable', async () => {
    const record = {
      version: 1,
      repository,
      pullRequest: 9,
      submission: { kind: 'submitted', id: '12', cluster: '', at: '2025-01-05T03:04:05Z' },
      comment: { kind: 'posted', id: 7, head: 'head' },
      phase: 'running',
      rows: ['submitted', 'released'].map((state) => ({ at: '2025-01-05T03:04:05Z', state, text: 'x' })),
      rowsSent: 1,
      continuations: [{ from: 1, said: { kind: 'posted', id: 8, url: 'u' } }],
    };
    const path = join(directory, '_bot_job.json');
    await writeSealedRecord(directory, record);
    expect((await readJobRecord(directory)).kind).toBe('record');
    await forEachHalf(path, async () => expect((await readJobRecord(directory)).kind).toBe('unusable'));
  });

  it('of an order is none, and is named', async () => {
    const order = { version: 1, kind: 'deploy', repository, pullRequest: 9, by: 'carol', delivery: 'g-1' } as const;
    await placeOrder(directory, { ...order, at: '2025-01-05T03:04:05Z' });
    expect((await readOpenOrders(directory)).orders).toHaveLength(1);
    const [name = ''] = (await readdir(join(directory, 'orders'))).filter((each) => each.endsWith('.json'));
    await forEachHalf(join(directory, 'orders', name), async () => {
      const { orders, unusable } = await readOpenOrders(directory);
      expect([orders.length, unusable.length]).toEqual([0, 1]);
    });
  });

  it('of a delivery is set aside, and not known any more', async () => {
    const headers = { 'x-github-event': 'issue_comment' };
    const body = JSON.stringify({ action: 'created', comment: { id: 5 } });
    const delivery = {
      version: 1,
      guid: 'g-1',
      event: 'issue_comment',
      receivedAt: '2025-01-05T03:04:05.000Z',
    } as const;
    await (await Inbox.open(directory)).receive({ ...delivery, headers, body }, 5);
    const inbox = await Inbox.open(directory); // of a process that has not received it
    const [name = ''] = await inbox.waiting();
    const path = join(directory, 'inbox/new', name);
    await forEachHalf(path, async () => await expect(inbox.read(name)).rejects.toThrow(DamagedDelivery));
    await inbox.setDamagedAside(name, 'it is damaged');
    expect([inbox.knows('g-1'), inbox.takeLost(), inbox.takeLost()]).toEqual([false, true, false]);
    expect([await inbox.waiting(), await inbox.count()]).toEqual([[], { waiting: 0, failed: 1 }]);
    expect((await Inbox.open(directory)).knows('g-1')).toBe(false);
    expect(await inbox.receive({ ...delivery, headers, body }, 5)).toBe('new');
  });

  it('of a plan is no plan: the delivery fails rather than be decided anew', async () => {
    const inbox = await Inbox.open(directory);
    await inbox.planOf('g-1').write({ version: 1, commands: [] });
    const path = join(directory, 'inbox/plans/g-1.json');
    await forEachHalf(path, async () => await expect(inbox.planOf('g-1').read()).rejects.toThrow());
  });

  it('of what is known of a pull request is as good as none, and stays visible', async () => {
    const asked = { number: 9, baseBranch: 'main', headSha: 'from GitHub' };
    const github = { readPullRequest: async () => asked };
    const path = join(directory, 'pulls/o/r/9.json');
    await rememberPullRequest(
      directory,
      { repository, pullRequest: 9 },
      {
        baseBranch: 'main',
        headSha: 'a',
        updatedAt: '2025-01-05T03:04:05Z',
      },
    );
    await forEachHalf(path, async () => {
      expect(
        await readPullRequest(directory, { repository, pullRequest: 9 }, { at: '2025-01-06T00:00:00Z' }, github),
      ).toEqual(asked);
      expect(await readdir(dirname(path))).toEqual(['9.json.damaged']);
    });
  });

  it('of the ledger’s last line is as good as not written, and is cut off before the next', async () => {
    const entry = {
      at: '2025-01-05T03:04:05Z',
      by: 'carol',
      repository: 'O/R',
      pullRequest: 9,
      job: '12' as JobId,
      artefact: 'a.tar',
      outcome: 'uploaded' as const,
    };
    await appendToLedger(directory, { ...entry, delivery: 'first' });
    const path = join(directory, 'ledger.jsonl');
    const first = await readFile(path, 'utf8');
    await appendToLedger(directory, { ...entry, delivery: 'second' });
    const second = (await readFile(path, 'utf8')).slice(first.length);
    for (const half of halves(second)) {
      await writeFile(path, first + half);
      expect((await readLedger(directory)).entries.map(({ delivery }) => delivery)).toEqual(['first']);
      await appendToLedger(directory, { ...entry, delivery: 'third' });
      const { entries, brokenLine } = await readLedger(directory);
      expect([entries.map(({ delivery }) => delivery), brokenLine]).toEqual([['first', 'third'], undefined]);
    }
  });

  it('of how far was compared is set aside, and all that came since the oldest delivery is compared again', async () => {
    const path = join(directory, 'recovery.json');
    const oldest = '2026-03-09T01:02:03.000Z';
    const inbox = await Inbox.open(directory);
    await inbox.receive(
      { version: 1, guid: 'g-1', event: 'ping', receivedAt: oldest, headers: {}, body: '{}' },
      undefined,
    );
    const memory = { version: 1, begin: oldest, before: [], comparedUntil: '2026-03-10T00:00:00Z', missing: [] };
    for (const half of halves(JSON.stringify(memory))) {
      await writeFile(path, half);
      const source = async () =>
        ({ forge: { listDeliveries: async () => ({ entries: [] }) }, installationId: 7 }) as never;
      const clock = { now: () => new Date('2026-03-10T12:00:00Z'), monotonic: () => 0 };
      const recovery = new Recovery({
        stateDir: directory,
        inbox,
        webhooks: gitHubWebhooks,
        source,
        log: pino({ level: 'silent' }),
        clock,
        forgeTime: { now: () => undefined },
      });
      expect(await recovery.isFirst()).toBe(false);
      expect(await readFile(`${path}.damaged`, 'utf8')).toBe(half);
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ begin: oldest, comparedUntil: oldest });
    }
  });

  it('of the list of places still says that its directory is there', async () => {
    const places = { state_dir: join(directory, 'state'), jobs_base_dir: join(directory, 'jobs') };
    await notePlaces(places, directory);
    await forEachHalf(join(directory, 'jobs/.bot-places.json'), async () =>
      expect(await missingPlaces(places, directory)).toEqual([]),
    );
    await rm(join(directory, 'jobs'), { recursive: true });
    await mkdir(join(directory, 'jobs'));
    expect(await missingPlaces(places, directory)).toEqual([expect.stringMatching(/^jobs_base_dir .* was in use/)]);
  });
});

const pull = { version: 1, baseBranch: 'main', headSha: 'a', updatedAt: '2025-01-05T03:04:05Z' };
const wrong = [null, [], 7, {}, 'x', [[[[[]]]]]];

it.each([
  ...wrong,
  ...['baseBranch', 'headSha', 'updatedAt'].map((key) => ({ ...pull, [key]: 7 })),
  ...[7, {}, [null], [{ until: 7 }]].map((formerHeads) => ({ ...pull, formerHeads })),
  { ...pull, headsKnownFrom: {} },
  { ...pull, deployment: { at: 7 } },
])('what is known of a pull request is as good as none where it is %j', async (shape) => {
  const asked = { number: 9, baseBranch: 'main', headSha: 'from GitHub' };
  await rememberPullRequest(directory, { repository, pullRequest: 9 }, pull);
  await writeFile(join(directory, 'pulls/o/r/9.json'), sealIfObject('pull request', 'o/r/9', JSON.stringify(shape)));
  const github = { readPullRequest: async () => asked };
  expect(
    await readPullRequest(directory, { repository, pullRequest: 9 }, { at: '2025-01-06T00:00:00Z' }, github),
  ).toEqual(asked);
});
