import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closing } from '../../../test/closing.ts';
import { exampleSettings } from '../../../test/example-settings.ts';
import { machineClock } from '../../daemon/clock.ts';
import { linkJob } from '../../jobs/handovers.ts';
import { writeJobRecord } from '../../jobs/job-record.ts';
import { appendToLedger } from '../../jobs/ledger.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import { type Order, placeOrder, readOpenOrders } from '../../jobs/orders.ts';
import { previewKind, readPreview, writePreview } from '../../jobs/previews.ts';
import { ownText } from '../../messages/markdown.ts';
import type { Comment } from '../../outside/forge/forge.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { Settings } from '../../settings/settings.ts';
import type { OrderTools } from '../tools.ts';
import { preview } from './preview-order.ts';

let root: string;
let posted: string[];
let told: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'preview-order-'));
  await mkdir(join(root, 'state'));
  [posted, told] = [[], []];
});
afterEach(() => rm(root, { recursive: true }));

const of = { repository: { owner: 'O', name: 'R' }, pullRequest: 9 };
const at = '2026-03-10T12:00:00.000Z';

async function makeJob(number: number, ...files: string[]): Promise<string> {
  const id = String(number) as JobId;
  const directory = join(root, `jobs/2026.03/pr_9/event_${id}/run_000/R1`);
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, `_bot_job${id}.result`),
    `[RESULT]\nstatus = SUCCESS\nartefacts =\n${files.map((name) => `    ${name}\n`).join('')}`,
  );
  for (const name of files) await writeFile(join(directory, name), `bytes of ${name}`);
  await writeJobRecord(directory, {
    ...{ version: 1, ...of, target: { repositoryId: 'R1' }, phase: 'finished', rows: [], rowsSent: 0 },
    submission: { kind: 'submitted', id, cluster: '', at },
    comment: { kind: 'posted', id: number, head: ownText('head') },
  });
  await writeMetadata(directory, id, { ...of, commentId: number });
  await linkJob(join(root, 'jobs/2026.03/pr_9'), { id, directory });
  return directory;
}

const author = { login: 'bot-a[bot]', isBot: true };

function makeTools(change: Partial<OrderTools> = {}): OrderTools {
  const site = exampleSettings();
  const settings: Settings = {
    ...site,
    stateDir: join(root, 'state'),
    build: { ...site.build, jobsBaseDir: join(root, 'jobs') },
    deploy: { ...site.deploy, policy: 'all', script: { environment: {}, program: '/site/upload', arguments: [] } },
  };
  const forge = {
    createComment: async (_on: unknown, body: string) => {
      posted.push(body);
      return { id: posted.length, url: 'https://u/1' };
    },
    listComments: async () =>
      posted.map((body, index) => ({ id: index + 1, url: 'https://u/1', body, author }) as Comment),
    readOwnLogin: async () => author.login,
  };
  const tools = {
    settings,
    forge,
    ...machineClock,
    log: pino({ level: 'silent' }),
    tell: (what: string) => told.push(what),
  };
  return { ...tools, ...change } as unknown as OrderTools;
}

async function look(delivery: string, change: Partial<Order> = {}, tools = makeTools()): Promise<void> {
  const order: Order = { version: 1, kind: previewKind, ...of, by: 'alice', delivery, at, ...change };
  await placeOrder(join(root, 'state'), order);
  const { orders } = await readOpenOrders(join(root, 'state'));
  const open = orders.find((each) => each.order.delivery === delivery);
  if (open !== undefined) await closing(preview.carryOut)(open, tools);
}
const shown = async () =>
  (await readPreview(join(root, 'state'), of))?.artefacts.map(({ job, artefact }) => `${job}/${artefact}`);

it('keeps what it shows, and reads a file again only when it has changed', async () => {
  const directory = await makeJob(7, 'p-1.tar');
  await makeJob(8, 'q-1.tar');
  await look('d-1');
  expect(await shown()).toEqual(['7/p-1.tar', '8/q-1.tar']);
  expect(told.map((each) => each.replace(/ since .*/, ''))).toEqual([
    'reads p-1.tar of job 7',
    'reads q-1.tar of job 8',
  ]);
  await writeFile(join(directory, 'p-1.tar'), 'other bytes');
  await look('d-2');
  expect(told.slice(2).map((each) => each.replace(/ since .*/, ''))).toEqual(['reads p-1.tar of job 7']);
  expect(posted).toHaveLength(2);
  expect(await readdir(join(root, 'state/orders/done'))).toHaveLength(2);
});

it('with filters it replaces what was shown of those jobs, and leaves the rest', async () => {
  await makeJob(7, 'p-1.tar');
  await makeJob(8, 'q-1.tar');
  await look('d-1', { jobs: ['8' as JobId] });
  expect([await shown(), (await readPreview(join(root, 'state'), of))?.wholeAt]).toEqual([['8/q-1.tar'], undefined]);
  await look('d-2');
  await look('d-3', { jobs: ['7' as JobId] });
  expect([await shown(), (await readPreview(join(root, 'state'), of))?.wholeAt]).toEqual([
    ['8/q-1.tar', '7/p-1.tar'],
    at,
  ]);
});

it.each`
  what                 | jobs
  ${'without filters'} | ${undefined}
  ${'with filters'}    | ${['7', '8']}
`('a look $what leaves bound what an earlier one showed, and a later build has overtaken', async ({ jobs }) => {
  const { settings } = makeTools();
  const latest = makeTools({ settings: { ...settings, deploy: { ...settings.deploy, policy: 'latest' } } });
  const artefacts = async () =>
    (await readPreview(join(root, 'state'), of))?.artefacts.map(({ job, isOvertaken }) => [job, isOvertaken]);
  await makeJob(7, 'p-1.tar');
  await look('d-1', {}, latest);
  const later = await makeJob(8, 'p-2.tar');
  await look('d-2', jobs && { jobs }, latest);
  expect(await artefacts()).toEqual([
    ['7', true],
    ['8', undefined],
  ]);
  await rm(later, { recursive: true });
  await look('d-3', jobs && { jobs: ['7' as JobId] }, latest);
  expect((await artefacts())?.find(([job]) => job === '7')).toEqual(['7', undefined]);
});

it('says what the ledger has as uploaded already', async () => {
  const directory = await makeJob(7, 'p-1.tar');
  await look('d-1');
  const [shownNow] = (await readPreview(join(root, 'state'), of))?.artefacts ?? [];
  await appendToLedger(join(root, 'state'), {
    ...{ at, by: 'alice', delivery: 'd-0', repository: 'o/r', pullRequest: 9, job: '7' as JobId, artefact: 'p-1.tar' },
    ...{ sha256: shownNow?.sha256 ?? '', outcome: 'uploaded' },
  });
  await look('d-2');
  await writeFile(join(directory, 'p-1.tar'), 'other bytes');
  await look('d-3');
  expect(posted.map((body) => /\*\*would be uploaded\*\*[^|]*/.exec(body)?.[0])).toEqual([
    '**would be uploaded**',
    expect.stringMatching(/^\*\*would be uploaded\*\*; by the ledger it was uploaded at /),
    expect.stringMatching(/^\*\*would be uploaded\*\*; by the ledger another file of this name was uploaded at /),
  ]);
});

it('does not say of a file that it did not read that it was uploaded', async () => {
  const directory = await makeJob(7, 'p-1.tar');
  await appendToLedger(join(root, 'state'), {
    ...{ at, by: 'alice', delivery: 'd-0', repository: 'o/r', pullRequest: 9, job: '7' as JobId, artefact: 'p-1.tar' },
    ...{ sha256: 'a'.repeat(64), outcome: 'uploaded' },
  });
  await writeFile(join(directory, 'p-1.tar'), 'other bytes');
  const { settings } = makeTools();
  await look('d-1', {}, makeTools({ settings: { ...settings, deploy: { ...settings.deploy, policy: 'once' } } }));
  expect(posted[0]).toMatch(/not uploaded: .*; by the ledger the file of this SHA-256 was uploaded at /);
});

it('says where the tests of a job failed', async () => {
  const directory = await makeJob(7, 'p-1.tar');
  await makeJob(8, 'q-1.tar');
  await writeFile(join(directory, '_bot_job7.test'), '[TEST]\nstatus = FAILURE\n');
  await look('d-1');
  expect(posted[0]?.match(/\*\*would be uploaded\*\*[^|]*/g)).toEqual([
    '**would be uploaded**, though its tests ended with the status `FAILURE`',
    '**would be uploaded**',
  ]);
});

it('says it once where a request was killed, with what it has shown then', async () => {
  const directory = await makeJob(7, 'p-1.tar');
  const dying = makeTools();
  const { createComment } = dying.forge;
  const forge = {
    ...dying.forge,
    createComment: async (...all: Parameters<typeof createComment>) => {
      await createComment(...all);
      throw new Error('killed');
    },
  };
  await expect(look('d-1', {}, makeTools({ forge }))).rejects.toThrow('killed');
  await writeFile(join(directory, 'p-1.tar'), 'other bytes');
  await look('d-1');
  expect(posted).toHaveLength(1);
  expect(posted[0]).toContain((await readPreview(join(root, 'state'), of))?.artefacts[0]?.sha256);
});

it('shows nothing where nothing may be said, and so binds nothing', async () => {
  await makeJob(7, 'p-1.tar');
  const { settings } = makeTools();
  await look(
    'd-1',
    {},
    makeTools({ settings: { ...settings, control: { ...settings.control, chatLevel: 'incognito' } } }),
  );
  expect([posted, await shown()]).toEqual([[], undefined]);
});

it('does not take for shown what somebody else wrote', async () => {
  await writePreview(join(root, 'state'), of, { artefacts: [] });
  await writeFile(join(root, 'state/previews/o/r/9.json'), '{"version":1,"artefacts":[]}\n');
  await expect(readPreview(join(root, 'state'), of)).rejects.toThrow('type bot: explain deploy again');
});
