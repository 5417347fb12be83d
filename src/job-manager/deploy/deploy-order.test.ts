import { createHash } from 'node:crypto';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closing } from '../../../test/closing.ts';
import { machineClock } from '../../daemon/clock.ts';
import { finishJob, followJob, linkJob, readSubmitted } from '../../jobs/handovers.ts';
import { type JobRecord, readJobRecord, writeJobRecord } from '../../jobs/job-record.ts';
import { readLedger } from '../../jobs/ledger.ts';
import { writeMetadata } from '../../jobs/metadata.ts';
import { importUploadedLists } from '../../jobs/of-another-bot/import-uploaded-lists.ts';
import { readUploadsBefore } from '../../jobs/of-another-bot/uploads-before.ts';
import { type Order, placeOrder, readOpenOrders } from '../../jobs/orders.ts';
import { readPreview, writePreview } from '../../jobs/previews.ts';
import { setJobAside } from '../../jobs/set-aside.ts';
import { checkBeforeWrites } from '../../outside/files/check-before-writes.ts';
import { sealText } from '../../outside/files/seal.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { TryAgainLater } from '../../outside/forge/forge.ts';
import { runProgram } from '../../outside/processes/run-program.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { dialects } from '../../settings/dialects.ts';
import type { DeploySettings } from '../../settings/settings.ts';
import { writeProgress } from '../orders/order-progress.ts';
import { JobStore } from '../records/job-store.ts';
import type { Tools } from '../tools.ts';
import { deployment } from './deploy-order.ts';

// A script of a site: keeps its words, fails for what is called so.
const script = `#!/bin/bash
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in
  *-fail-*) echo first >&2; echo "Access | denied" >&2; exit 3 ;;
  *-silent-*) exit 4 ;;
  *-shot-*) kill -KILL $$ ;;
esac
`;

const deployOrder = closing(deployment.carryOut);
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deploy-order-'));
  await mkdir(join(root, 'state'));
  await mkdir(join(root, 'ids/finished'), { recursive: true });
  await writeFile(join(root, 'upload'), script);
  await chmod(join(root, 'upload'), 0o755);
});
afterEach(() => rm(root, { recursive: true }));

const ours = { owner: 'O', name: 'R' };

function makeTools(policy: DeploySettings['policy'], change: Partial<Tools> = {}): Tools {
  const same = { kind: 'same', value: '' };
  const settings = {
    dialect: dialects['9'],
    appName: 'bot-a',
    github: {},
    stateDir: join(root, 'state'),
    build: { jobsBaseDir: join(root, 'jobs'), siteConfig: {} },
    repositories: { sections: {} },
    jobManager: { jobIdsDir: join(root, 'ids') },
    deploy: {
      policy,
      staleArtefacts: 'upload',
      attestation: false,
      script: { environment: {}, program: join(root, 'upload'), arguments: [] },
      bucketName: { kind: 'by-repository', values: { R1: 'bucket', EVIL: 'of others' } },
      metadataPrefix: same,
      artefactPrefix: same,
      endpointUrl: '',
      signing: {},
    },
  };
  return {
    settings,
    forge: {},
    slurm: {},
    runProgram,
    environments: { upload: { PATH: '/usr/bin:/bin', CALLS: join(root, 'calls') } },
    jobs: new JobStore(),
    ...machineClock,
    log: pino({ level: 'silent' }),
    ...change,
  } as unknown as Tools;
}

interface JobToMake {
  readonly id: string;
  readonly month?: string;
  readonly repository?: { owner: string; name: string };
  readonly status?: string;
  readonly repositoryId?: string;
  readonly files: readonly string[];
  readonly listed?: readonly string[];
  readonly hasRecord?: boolean;
  /** As the record has it. */
  readonly recordedId?: string;
  readonly commit?: string;
}

/** A job that has ended; gives back its directory. */
async function makeJob(job: JobToMake): Promise<string> {
  const { month = '2025.01', repository = ours, status = 'SUCCESS', repositoryId = 'R1', files } = job;
  const id = job.id as JobId;
  const directory = join(root, 'jobs', month, 'pr_9', `event_${id}`, 'run_000', 'x86_64/generic', repositoryId);
  await mkdir(join(directory, 'cfg'), { recursive: true });
  await writeFile(join(directory, 'cfg/job.cfg'), `[repository]\nrepo_id = ${repositoryId}\n`);
  const listed = (job.listed ?? files).map((name) => `\n    ${name}`).join('');
  await writeFile(join(directory, `_bot_job${id}.result`), `[RESULT]\nstatus = ${status}\nartefacts =${listed}\n`);
  for (const name of files) await writeFile(join(directory, name), `bytes of ${name}`);
  const record: JobRecord = {
    version: 1,
    repository,
    pullRequest: 9,
    ...(job.commit !== undefined && { commit: job.commit }),
    ...(job.recordedId !== undefined && { target: { repositoryId: job.recordedId } }),
    submission: { kind: 'submitted', id, cluster: '', at: '2026-03-10T11:00:00.000Z' },
    comment: { kind: 'posted', id: 70 + Number(id), head: 'head' as Markdown },
    phase: 'finished',
    rows: [],
    rowsSent: 0,
  };
  if (job.hasRecord !== false) await writeJobRecord(directory, record);
  await writeMetadata(directory, id, { repository, pullRequest: 9, commentId: 70 + Number(id) });
  await linkJob(join(root, 'jobs', month, 'pr_9'), { id, directory });
  return directory;
}

/** One order after the other is placed and carried out, unless it is to be found where it stands. */
async function open(delivery = 'd-1', change: Partial<Order> = {}) {
  const order: Order = {
    version: 1,
    kind: 'deploy',
    repository: ours,
    pullRequest: 9,
    by: 'alice',
    delivery,
    at: '2025-01-05T03:04:05Z',
    ...change,
  };
  await placeOrder(join(root, 'state'), order);
  const { orders } = await readOpenOrders(join(root, 'state'));
  const found = orders.find((each) => each.order.delivery === delivery);
  if (found === undefined) throw new Error('the order is closed');
  return found;
}
async function deploy(policy: DeploySettings['policy'], delivery?: string, change?: Partial<Tools>) {
  await deployOrder(await open(delivery), makeTools(policy, change));
}

const textOf = (path: string) => readFile(join(root, path), 'utf8').catch(() => '');
const calls = async () => (await textOf('calls')).split('\n').filter((line) => line !== '');
const uploaded = async () => (await calls()).map((line) => line.split('/').at(-1));
const rows = async (directory: string) => {
  const reading = await readJobRecord(directory);
  return reading.kind === 'record' ? reading.record.rows.map(({ state, text }) => `${state}: ${text}`) : reading.kind;
};
const succeeded = (name: string) => `uploaded: transfer of \`${name}\` to S3 bucket succeeded`;
const refused = (name: string, why: string) => `not uploaded: transfer of \`${name}\` to S3 bucket was refused: ${why}`;
const failed = (name: string, why: string) => `not uploaded: transfer of \`${name}\` to S3 bucket failed (${why})`;

const writeHead = (headSha: string, more: object = {}) =>
  writeFile(
    join(root, 'state/pulls/o/r/9.json'),
    sealText(
      'pull request',
      'o/r/9',
      JSON.stringify({ version: 1, baseBranch: 'main', headSha, updatedAt: '2025-01-05T03:00:00Z', ...more }),
    ),
  );

it('names the commit in the ledger, and in the row where the pull request has moved on since', async () => {
  const [old, head] = ['a'.repeat(40), 'b'.repeat(40)];
  const stale = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'], commit: old });
  const fresh = await makeJob({ id: '12', files: ['eessi-q-100.tar.gz'], commit: head });
  const unknown = await makeJob({ id: '13', files: ['eessi-r-100.tar.gz'] });
  await mkdir(join(root, 'state/pulls/o/r'), { recursive: true });
  await writeHead(head);
  await deploy('all');
  const note = '; built from `aaaaaaa`, the pull request was at `bbbbbbb` when the label was set';
  expect(await rows(stale)).toEqual([`${succeeded('eessi-p-100.tar.gz')}${note}`]);
  expect(await rows(fresh)).toEqual([succeeded('eessi-q-100.tar.gz')]);
  expect(await rows(unknown)).toEqual([succeeded('eessi-r-100.tar.gz')]);
  const { entries } = await readLedger(join(root, 'state'));
  expect(entries.map(({ commit }) => commit)).toEqual([old, head, undefined]);
});

describe('a push after the label', () => {
  const [approved, pushed] = ['a'.repeat(40), 'b'.repeat(40)];
  const pushAfterLabel = async () => {
    await mkdir(join(root, 'state/pulls/o/r'), { recursive: true });
    await writeHead(pushed);
    return await open('d-1', { head: approved });
  };

  it('changes nothing of what was approved: its build goes out, and a later one does not', async () => {
    const first = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'], commit: approved });
    const later = await makeJob({ id: '12', files: ['eessi-p-9999999999.tar.gz'], commit: pushed });
    await deployOrder(await pushAfterLabel(), makeTools('latest'));
    expect([await uploaded(), await rows(first), await rows(later)]).toEqual([
      ['eessi-p-100.tar.gz'],
      [succeeded('eessi-p-100.tar.gz')],
      [
        'not uploaded: nothing to upload: `eessi-p-9999999999.tar.gz` was built from `bbbbbbb`, but the pull request was at `aaaaaaa` when the label was set, ' +
          'so `eessi-p-100.tar.gz` of job `11`, which was built from that, was chosen in its place; to have what was built last, take the label off and set it anew',
      ],
    ]);
    expect((await readLedger(join(root, 'state'))).entries).toMatchObject([{ commit: approved, head: approved }]);
  });

  it('makes what was built of it stale, which a site may refuse', async () => {
    const later = await makeJob({ id: '12', files: ['eessi-p-100.tar.gz'], commit: pushed });
    const tools = makeTools('latest');
    const refusing = { ...tools.settings, deploy: { ...tools.settings.deploy, staleArtefacts: 'refuse' as const } };
    await deployOrder(await pushAfterLabel(), { ...tools, settings: refusing });
    const why =
      'it was built from bbbbbbb, but the pull request was at aaaaaaa when the label was set, and this site uploads nothing else (stale_artefacts, which its admin sets); ' +
      'build it again with the command that it was built by, then take the label off and set it anew';
    const shown = why.replace(/bbbbbbb|aaaaaaa/g, '`$&`');
    expect([await uploaded(), await rows(later)]).toEqual([[], [refused('eessi-p-100.tar.gz', shown)]]);
    expect((await readLedger(join(root, 'state'))).entries).toMatchObject([
      { commit: pushed, head: approved, outcome: 'not uploaded', reason: why },
    ]);
  });
});

it('uploads of two commits the later build, though the job of the earlier one names its archive as the last', async () => {
  await makeJob({ id: '11', files: ['eessi-p-9999999999.tar.gz'], commit: 'a'.repeat(40) });
  await makeJob({ id: '12', files: ['eessi-p-100.tar.gz'], commit: 'b'.repeat(40) });
  await deploy('latest');
  expect(await uploaded()).toEqual(['eessi-p-100.tar.gz']);
});

it('takes a link that a job made for a job with a greater number, and what stands behind it, for no later build', async () => {
  const directory = await makeJob({ id: '11', files: ['eessi-p-9999999999.tar.gz'], commit: 'a'.repeat(40) });
  await makeJob({ id: '12', files: ['eessi-p-100.tar.gz'], commit: 'b'.repeat(40) });
  const forged = '99999' as JobId;
  await linkJob(join(root, 'jobs/2025.01/pr_9'), { id: forged, directory });
  await writeMetadata(directory, forged, { repository: ours, pullRequest: 9, commentId: 99999 });
  const result = '[RESULT]\nstatus = SUCCESS\nartefacts = eessi-p-9999999999.tar.gz\n';
  await writeFile(join(directory, `_bot_job${forged}.result`), result);
  await deploy('latest');
  expect(await uploaded()).toEqual(['eessi-p-100.tar.gz']);
});

it('says of each job why nothing is uploaded of it, once for each label', async () => {
  const failedJob = await makeJob({ id: '11', files: [], status: 'FAILURE' });
  await deploy('latest');
  expect(await rows(failedJob)).toEqual([
    expect.stringContaining('not uploaded: nothing to upload: it ended with the status'),
  ]);
  const built = await makeJob({ id: '12', files: ['eessi-p-100.tar.gz'] });
  await deploy('once', 'd-2');
  const order = await open('d-3');
  await expect(deployOrder(order, makeTools('once', { jobs: brokenStore() }))).rejects.toThrow(
    'could not be deployed or recorded',
  );
  await deployOrder(order, makeTools('once'));
  expect(await rows(built)).toEqual([
    succeeded('eessi-p-100.tar.gz'),
    'not uploaded: nothing to upload: `eessi-p-100.tar.gz` is not new: it was uploaded before, and this bot uploads each payload once (`upload_policy`, which its admin sets)',
  ]);
  expect(await rows(failedJob)).toHaveLength(1);
  expect(await uploaded()).toEqual(['eessi-p-100.tar.gz']);
});

/** The first change is on the disk, and then the process is gone. */
function brokenStore(): JobStore {
  const store = new JobStore();
  const change = store.change.bind(store);
  store.change = async (...of) => {
    await change(...of);
    throw new TryAgainLater('away', { cause: undefined });
  };
  return store;
}

describe('what bot: explain deploy has shown', () => {
  const at = '2025-01-05T03:00:00.000Z';
  const look = async (...artefacts: readonly [JobId, string][]) => {
    const digest = (name: string) => createHash('sha256').update(`bytes of ${name}`).digest('hex');
    await writePreview(
      join(root, 'state'),
      { repository: ours, pullRequest: 9 },
      {
        wholeAt: at,
        artefacts: artefacts.map(([job, artefact]) => ({
          ...{ job, artefact, sha256: digest(artefact), size: 1, version: '1', shownAt: at },
        })),
      },
    );
  };
  const looked = () => readPreview(join(root, 'state'), { repository: ours, pullRequest: 9 });

  it('keeps from the next deployment what was built since, says so of both jobs, and holds up no later one', async () => {
    const first = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
    await look(['11' as JobId, 'eessi-p-100.tar.gz']);
    const later = await makeJob({ id: '12', files: ['eessi-p-200.tar.gz'] });
    await deploy('latest');
    expect([await uploaded(), await rows(first), await rows(later)]).toEqual([
      [],
      [expect.stringContaining('`eessi-p-100.tar.gz` was overtaken by `eessi-p-200.tar.gz` of job `12`, which `bot:')],
      [expect.stringContaining('it is not among what "bot: explain deploy" showed at Jan 05 03:00:00 UTC 2025; type')],
    ]);
    await deploy('latest', 'd-2');
    expect(await uploaded()).toEqual(['eessi-p-200.tar.gz']);
  });

  it('refuses a file that is another one by each label, until that is shown; what was built anew is not held up', async () => {
    const directory = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
    await look(['11' as JobId, 'eessi-p-100.tar.gz']);
    await writeFile(join(directory, 'eessi-p-100.tar.gz'), 'other bytes');
    await deploy('latest');
    await deploy('latest', 'd-2');
    expect([await uploaded(), (await rows(directory)).length]).toEqual([[], 2]);
    await makeJob({ id: '12', files: ['eessi-p-200.tar.gz'] });
    await deploy('latest', 'd-3');
    expect(await uploaded()).toEqual(['eessi-p-200.tar.gz']);
  });

  it('binds a file that was overtaken while another one was uploaded, and holds up no later build', async () => {
    const overtaken = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
    await makeJob({ id: '13', files: ['eessi-q-100.tar.gz'] });
    await look(['11' as JobId, 'eessi-p-100.tar.gz'], ['13' as JobId, 'eessi-q-100.tar.gz']);
    const later = await makeJob({ id: '12', files: ['eessi-p-200.tar.gz'] });
    await deploy('latest');
    await writeFile(join(overtaken, 'eessi-p-100.tar.gz'), 'other bytes');
    await rename(join(later, 'eessi-p-200.tar.gz'), join(root, 'taken away'));
    await deploy('latest', 'd-2');
    expect([await uploaded(), (await rows(overtaken)).at(-1)]).toEqual([
      ['eessi-q-100.tar.gz', 'eessi-q-100.tar.gz'],
      expect.stringContaining('and "bot: explain deploy" showed'),
    ]);
    await makeJob({ id: '14', files: ['eessi-p-300.tar.gz', 'eessi-q-300.tar.gz'] });
    await deploy('latest', 'd-3');
    expect((await uploaded()).slice(2)).toEqual(['eessi-p-300.tar.gz', 'eessi-q-300.tar.gz']);
  });

  it('is forgotten once it is uploaded, and where it showed nothing', async () => {
    await look();
    await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
    await deploy('latest');
    expect([await uploaded(), await looked()]).toEqual([[], undefined]);
    await look(['11' as JobId, 'eessi-p-100.tar.gz']);
    await deploy('latest', 'd-2');
    expect([await uploaded(), await looked()]).toEqual([['eessi-p-100.tar.gz'], undefined]);
  });
});

it('the row of a job that was set aside, and mended since, waits until the job is put back', async () => {
  const directory = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
  await setJobAside(join(root, 'state'), join(root, 'ids'), { id: '11' as JobId, directory }, 'it was damaged');
  await deploy('all');
  expect(await rows(directory)).toEqual([succeeded('eessi-p-100.tar.gz')]);
  expect((await readdir(join(root, 'ids'))).sort()).toEqual(['failed', 'finished']);
});

it('the row of a job waits while another one that has its number is followed', async () => {
  const directory = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
  const later = { id: '11' as JobId, directory: join(root, 'jobs/2025.02/pr_9/event_b/run_000/R1') };
  await followJob(join(root, 'ids'), later);
  const order = await open();
  for (let times = 0; times < 2; times++) expect(await deployOrder(order, makeTools('once'))).toBe('waits');
  expect(await readSubmitted(join(root, 'ids'))).toEqual([later]);
  await finishJob(join(root, 'ids'), later.id);
  expect(await deployOrder(order, makeTools('once'))).toBe('done');
  expect(await readSubmitted(join(root, 'ids'))).toEqual([{ id: '11', directory }]);
  expect([await uploaded(), await rows(directory)]).toEqual([
    ['eessi-p-100.tar.gz'],
    [succeeded('eessi-p-100.tar.gz')],
  ]);
});

const withdraw = async (delivery: string) => {
  await mkdir(join(root, 'state/pulls/o/r'), { recursive: true });
  const withdrawn = { at: '2025-01-05T03:05:00Z', deployments: [{ delivery, by: 'dave' }] };
  await writeHead('a'.repeat(40), { withdrawn });
};

it('uploads nothing of which the upload had not begun when the label was taken off, and says so; a later label uploads it', async () => {
  const directory = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
  await withdraw('d-1');
  await deploy('all');
  const why =
    'not uploaded: transfer of `eessi-p-100.tar.gz` to S3 bucket was withdrawn: `dave` took the label `bot:deploy` off before it began; set it again to upload';
  expect([await calls(), await rows(directory)]).toEqual([[], [why]]);
  expect((await readLedger(join(root, 'state'))).entries).toMatchObject([
    {
      outcome: 'not uploaded',
      withdrawnBy: 'dave',
      reason: 'dave took the label bot:deploy off before the upload began',
    },
  ]);
  await deploy('all', 'd-2');
  expect([await uploaded(), await rows(directory)]).toEqual([
    ['eessi-p-100.tar.gz'],
    [why, succeeded('eessi-p-100.tar.gz')],
  ]);
});

it('goes on with an upload that was begun, and killed, before the label was taken off: the bucket may have it', async () => {
  const directory = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
  const dies = { runProgram: () => Promise.reject(new Error('killed')) };
  await expect(deploy('all', 'd-1', dies)).rejects.toThrow();
  await withdraw('d-1');
  await deploy('all');
  expect(await rows(directory)).toEqual([succeeded('eessi-p-100.tar.gz')]);
});

it('uploads, enters it in the ledger and uploaded.txt, adds the row, and puts the job where the watch looks', async () => {
  const directory = await makeJob({ id: '11', files: ['eessi-p-100.tar.gz'] });
  await deploy('all');
  const file = join(directory, 'eessi-p-100.tar.gz');
  expect(await calls()).toEqual([
    `--bucket-name bucket --pr-comment-id 81 --pull-request-number 9 --repository O/R --bot-instance bot-a ${file}`,
  ]);
  expect(await textOf('jobs/2025.01/pr_9/uploaded.txt')).toBe('11/eessi-p-100.tar.gz\n');
  expect(await rows(directory)).toEqual([succeeded('eessi-p-100.tar.gz')]);
  expect(await readdir(join(root, 'ids/submitted'))).toEqual(['11']);
  const bytes = 'bytes of eessi-p-100.tar.gz';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect((await readLedger(join(root, 'state'))).entries).toMatchObject([
    {
      by: 'alice',
      delivery: 'd-1',
      repository: 'O/R',
      pullRequest: 9,
      job: '11',
      sha256,
      size: bytes.length,
      outcome: 'uploaded',
    },
  ]);
  expect((await readOpenOrders(join(root, 'state'))).orders).toEqual([]);
});

it.each`
  what                                                           | recordedId   | inCfg     | bucket      | refused
  ${'as the record says'}                                        | ${'R1'}      | ${'R1'}   | ${'bucket'} | ${false}
  ${'another one in cfg/job.cfg'}                                | ${'R1'}      | ${'EVIL'} | ${'bucket'} | ${false}
  ${'none in cfg/job.cfg'}                                       | ${'R1'}      | ${''}     | ${'bucket'} | ${false}
  ${'of another bot, which records none'}                        | ${undefined} | ${'R1'}   | ${'bucket'} | ${false}
  ${'none recorded, and another one than that of the directory'} | ${undefined} | ${'EVIL'} | ${''}       | ${true}
`('the bucket is that of the repository id $what', async ({ recordedId, inCfg, bucket, refused }) => {
  const directory = await makeJob({ id: '11', files: ['e-p-1.tar'], ...(recordedId && { recordedId }) });
  await writeFile(join(directory, 'cfg/job.cfg'), `[repository]\nrepo_id = ${inCfg}\n`);
  await deploy('all');
  const buckets = (await calls()).map((line) => /--bucket-name (.*?) --pr-/.exec(line)?.[1]);
  expect(buckets).toEqual(refused ? [] : [bucket]);
  if (refused)
    expect(await rows(directory)).toEqual([
      expect.stringContaining(
        'was refused: it is of a job whose cfg/job.cfg names the repository id EVIL, for which its directory ',
      ),
    ]);
});

it('goes on with what an earlier version has planned, but for a job whose cfg/job.cfg says what its directory does not', async () => {
  const directory = await makeJob({ id: '11', files: ['e-p-1.tar'] });
  const other = await makeJob({ id: '12', files: ['e-q-1.tar'] });
  await writeFile(join(other, 'cfg/job.cfg'), '[repository]\nrepo_id = EVIL\n');
  const plan = (id: string, of: string, artefact: string) => ({
    ...{ id, directory: of, pullRequestDir: join(root, 'jobs/2025.01/pr_9'), commentId: 70 + Number(id), artefact },
  });
  const planned = [plan('11', directory, 'e-p-1.tar'), plan('12', other, 'e-q-1.tar')];
  await writeProgress(await open(), { planned });
  await deploy('all');
  expect(await uploaded()).toEqual(['e-p-1.tar']);
  expect(await rows(other)).toEqual([expect.stringMatching(/was refused: .*names the repository id EVIL/)]);
});

it('takes repository, pull request and comment of a job from its record, not from what it wrote into its metadata', async () => {
  const directory = await makeJob({ id: '11', files: ['e-p-1.tar'] });
  const theirs = await makeJob({ id: '12', repository: { owner: 'B', name: 'x' }, files: ['e-q-1.tar'] });
  await writeMetadata(directory, '11' as JobId, { repository: ours, pullRequest: 9, commentId: 666 });
  await writeMetadata(theirs, '12' as JobId, { repository: ours, pullRequest: 9, commentId: 666 });
  await deploy('all');
  expect(await calls()).toEqual([
    expect.stringContaining('--pr-comment-id 81 --pull-request-number 9 --repository O/R'),
  ]);
  expect(await uploaded()).toEqual(['e-p-1.tar']);
});

it.each`
  commit            | told
  ${'a'.repeat(40)} | ${'a'.repeat(40)}
  ${undefined}      | ${''}
`(
  'tells the script that the artefact was built from "$told", whatever the daemon’s environment has',
  async ({ commit, told }) => {
    await makeJob({ id: '11', files: ['e-p-1.tar'], ...(commit && { commit }) });
    await writeFile(join(root, 'upload'), '#!/bin/bash\necho "[$BOT_BUILT_COMMIT]" >> "$CALLS"\n');
    const upload = { PATH: '/usr/bin:/bin', CALLS: join(root, 'calls'), BOT_BUILT_COMMIT: 'f'.repeat(40) };
    await deploy('all', 'd-1', { environments: { upload } });
    expect(await calls()).toEqual([`[${told}]`]);
  },
);

it('gives the script the provenance where attestation = true, and else none, whatever the daemon’s environment has', async () => {
  await makeJob({ id: '11', files: ['e-p-1.tar'], commit: 'a'.repeat(40) });
  await writeFile(join(root, 'upload'), '#!/bin/bash\necho "[$BOT_PROVENANCE]" >> "$CALLS"\n');
  const upload = { PATH: '/usr/bin:/bin', CALLS: join(root, 'calls'), BOT_PROVENANCE: '{}' };
  const tools = makeTools('all', { environments: { upload } as unknown as Tools['environments'] });
  const { settings } = tools;
  const attesting = { ...settings, deploy: { ...settings.deploy, attestation: true } };
  await deployOrder(await open('d-1'), tools);
  await deployOrder(await open('d-2'), { ...tools, settings: attesting });
  const [without, provenance = ''] = await calls();
  expect(without).toBe('[]');
  expect(JSON.parse(provenance.slice(1, -1))).toMatchObject({
    buildDefinition: {
      externalParameters: { pullRequest: 9, repositoryId: 'R1' },
      internalParameters: { deployment: { orderedBy: 'alice', delivery: 'd-2' } },
      resolvedDependencies: [{ digest: { gitCommit: 'a'.repeat(40) } }],
    },
    runDetails: { metadata: { invocationId: 'slurm:11', startedOn: '2026-03-10T11:00:00.000Z' } },
  });
});

it('uploads each payload once under the policy once, over all months, and only what is of this repository', async () => {
  await makeJob({ id: '7', month: '2024.12', files: ['eessi-p-50.tar.gz'] });
  await writeFile(join(root, 'jobs/2024.12/pr_9/uploaded.txt'), '7/eessi-p-50.tar.gz');
  await importUploadedLists(makeTools('once'));
  await makeJob({ id: '11', files: ['eessi-p-100.tar.gz', 'eessi-q-100.tar.zst'] });
  const theirs = { owner: 'B', name: 'x' };
  const other = await makeJob({ id: '12', repository: theirs, files: ['eessi-p-200.tar.gz', 'eessi-r-1.tar'] });
  await deploy('once');
  expect(await uploaded()).toEqual(['eessi-q-100.tar.zst']);
  await deploy('once', 'd-2');
  expect(await uploaded()).toEqual(['eessi-q-100.tar.zst']);
  expect(await rows(other)).toEqual([]);
});

describe('under the policy once the ledger counts, whatever a job makes of the list of uploads', () => {
  const list = () => join(root, 'jobs/2025.01/pr_9/uploaded.txt');
  const hugeList = async () => {
    await rm(list(), { force: true });
    await writeFile(list(), '');
    await truncate(list(), 1024 ** 4);
  };
  const instead = (make: () => Promise<unknown>) => async () => {
    await rm(list(), { force: true });
    await make();
  };

  it.each`
    what                 | make
    ${'nothing'}         | ${instead(async () => {})}
    ${'an empty file'}   | ${instead(() => writeFile(list(), ''))}
    ${'a pipe'}          | ${instead(() => execa('mkfifo', [list()]))}
    ${'a directory'}     | ${instead(() => mkdir(list()))}
    ${'a link'}          | ${instead(() => symlink('../list', list()))}
    ${'a device'}        | ${instead(() => symlink('/dev/zero', list()))}
    ${'a TB of nothing'} | ${hugeList}
  `('$what in its place: nothing is uploaded a second time, and nothing is held up', async ({ make }) => {
    await importUploadedLists(makeTools('once'));
    await makeJob({ id: '11', files: ['e-p-1.tar'] });
    await deploy('once');
    await make();
    await makeJob({ id: '12', files: ['e-p-2.tar', 'e-q-2.tar'] });
    await deploy('once', 'd-2');
    expect(await uploaded()).toEqual(['e-p-1.tar', 'e-q-2.tar']);
  });

  it('a line that a job writes itself keeps nothing from being uploaded', async () => {
    await importUploadedLists(makeTools('once'));
    await makeJob({ id: '11', files: ['e-p-1.tar'] });
    await writeFile(list(), '11/e-p-1.tar\n7/e-p-0.tar\n');
    await deploy('once');
    await importUploadedLists(makeTools('once'));
    expect(await uploaded()).toEqual(['e-p-1.tar']);
  });

  it('nothing is written through a link that is put there during an upload, and the upload is told', async () => {
    const directory = await makeJob({ id: '11', files: ['e-p-1.tar', 'e-q-1.tar'] });
    await writeFile(join(root, 'other'), 'theirs');
    const planting: Partial<Tools> = {
      runProgram: async (...call) => {
        await rm(list(), { force: true });
        await symlink(join(root, 'other'), list());
        return await runProgram(...call);
      },
    };
    await deploy('once', 'd-1', planting);
    expect(await textOf('other')).toBe('theirs');
    expect(await rows(directory)).toEqual([succeeded('e-p-1.tar'), succeeded('e-q-1.tar')]);
  });

  it('lists of before are read once, those that can be, and a file of a month’s name stops nothing', async () => {
    const directory = await makeJob({ id: '11', month: '2024.11', files: ['e-p-1.tar'] });
    await writeFile(join(root, 'jobs/2024.11/pr_9/uploaded.txt'), '11/e-p-1.tar\r\n8/e-gone-1.tar\nnonsense');
    await mkdir(join(root, 'jobs/2024.12/pr_9/uploaded.txt'), { recursive: true });
    await writeFile(join(root, 'jobs/2030.01'), '');
    await importUploadedLists(makeTools('once'));
    await rm(join(root, 'jobs/2024.11/pr_9/uploaded.txt'));
    await importUploadedLists(makeTools('once'));
    expect(await readUploadsBefore(join(root, 'state'))).toEqual([
      { pullRequest: 9, repository: 'O/R', job: '11', artefact: 'e-p-1.tar' },
      { pullRequest: 9, job: '8', artefact: 'e-gone-1.tar' },
      { pullRequest: 9, job: '.', artefact: 'nonsense' },
    ]);
    await deploy('once');
    expect(await uploaded()).toEqual([]);
    expect(await rows(directory)).toEqual([expect.stringContaining('`e-p-1.tar` is not new: it was uploaded before')]);
  });

  it('what of the lists was kept, and is damaged, is told with what to do, and not taken for empty', async () => {
    await mkdir(join(root, 'state'), { recursive: true });
    await writeFile(join(root, 'state/uploaded-before.json'), '{}');
    await makeJob({ id: '11', files: ['e-p-1.tar'] });
    await expect(deploy('once')).rejects.toThrow(
      'uploaded-before.json is damaged: put it back from a backup, or remove',
    );
    expect(await uploaded()).toEqual([]);
  });
});

it('tells why something was not uploaded, and goes on with the others', async () => {
  const files = ['e-fail-1.tar', 'e-silent-1.tar', 'e-shot-1.tar', 'notes.txt', 'e-last-1.tar'];
  const directory = await makeJob({
    id: '11',
    files,
    listed: [...files, '../x/e-gone-1.tar', 'e-link-1.tar', 'e-dir-1.tar'],
  });
  await symlink('/etc/passwd', join(directory, 'e-link-1.tar'));
  await mkdir(join(directory, 'e-dir-1.tar'));
  const unknown = await makeJob({ id: '12', repositoryId: 'R2', files: ['e-map-1.tar'] });
  await deploy('all');
  expect(await rows(directory)).toEqual([
    failed('e-fail-1.tar', 'Access &#124; denied (exit status 3)'),
    failed('e-silent-1.tar', 'the upload script failed (exit status 4): it said nothing'),
    failed('e-shot-1.tar', 'the upload script was killed by SIGKILL'),
    failed(
      'notes.txt',
      'its name is not PAYLOAD-TIMESTAMP.EXT, with EXT one of tar.gz, tar.zst, tar.xz, tar, or any other behind ten digits',
    ),
    succeeded('e-last-1.tar'),
    failed('e-gone-1.tar', 'it is not in the job directory'),
    failed('e-link-1.tar', 'it is a symbolic link'),
    failed('e-dir-1.tar', 'it is not a regular file'),
  ]);
  expect(await rows(unknown)).toEqual([failed('e-map-1.tar', 'no bucket specified for R2')]);
  expect(await textOf('jobs/2025.01/pr_9/uploaded.txt')).toBe('11/e-last-1.tar\n');
  expect((await readLedger(join(root, 'state'))).entries.map(({ outcome }) => outcome)).toHaveLength(9);
});

it.each`
  policy      | outcome
  ${'once'}   | ${'not uploaded'}
  ${'latest'} | ${'not uploaded'}
  ${'all'}    | ${'uploaded'}
`(
  'with the policy $policy, an order that comes after a later one, since it was set aside, ends: $outcome',
  async ({ policy, outcome }) => {
    const directory = await makeJob({ id: '11', files: ['e-p-1.tar'] });
    const earlier = await open('d-1');
    const dying: Partial<Tools> = { runProgram: () => Promise.reject(new Error('killed')) };
    await expect(deployOrder(earlier, makeTools(policy, dying))).rejects.toThrow('1 of 1 artefacts');
    await makeJob({ id: '12', files: ['e-p-2.tar'] });
    await deploy('latest', 'd-2', { now: () => new Date(Date.now() + 60_000) });
    await deployOrder(earlier, makeTools(policy));
    const row = (await rows(directory)).at(-1) ?? '';
    expect(row.startsWith(`${outcome}: `)).toBe(true);
    if (outcome === 'not uploaded') expect(row).toContain('a later deployment has uploaded e-p-2.tar of job 12');
  },
);

it('uploads nothing while it cannot write down that it does', async () => {
  await makeJob({ id: '11', files: ['e-p-1.tar'] });
  const order = await open();
  const dying: Partial<Tools> = { runProgram: () => Promise.reject(new Error('killed')) };
  await expect(deployOrder(order, makeTools('once', dying))).rejects.toThrow('1 of 1 artefacts');
  checkBeforeWrites(() => Promise.reject(new Error('the disk is full')));
  try {
    await expect(deployOrder(order, makeTools('once'))).rejects.toThrow('1 of 1 artefacts');
  } finally {
    checkBeforeWrites(async () => {});
  }
  expect(await calls()).toEqual([]);
  await deployOrder(order, makeTools('once'));
  expect(await uploaded()).toEqual(['e-p-1.tar']);
});

it('says so where the script is not there', async () => {
  const directory = await makeJob({ id: '11', files: ['e-p-1.tar'] });
  await rm(join(root, 'upload'));
  await deploy('all');
  expect(await rows(directory)).toHaveLength(1);
  expect((await rows(directory))[0]).toContain('there is no such program');
});

it('closes an order that uploads nothing', async () => {
  await makeJob({ id: '11', files: ['e-p-1.tar', 'notes.txt'] });
  await deploy('none');
  expect([await calls(), (await readOpenOrders(join(root, 'state'))).orders]).toEqual([[], []]);
});

it('gives the script what the store wants', async () => {
  await makeJob({ id: '11', files: ['e-p-1.tar'] });
  await writeFile(join(root, 'upload'), '#!/bin/bash\necho "$AWS_PROFILE" "[$HOME]" "$PWD" >> "$CALLS"\n');
  const upload = { PATH: '/usr/bin:/bin', CALLS: join(root, 'calls'), AWS_PROFILE: 'site' };
  await deploy('all', 'd-1', { environments: { upload } });
  expect(await calls()).toEqual([`site [] ${process.cwd()}`]);
});

it.each`
  when                                        | undo
  ${'after the ledger'}                       | ${['uploaded.txt', 'rows']}
  ${'after uploaded.txt'}                     | ${['rows']}
  ${'after the row, before the order closed'} | ${[]}
`('killed $when, it makes up for what is missing and uploads nothing again', async ({ undo }) => {
  const directory = await makeJob({ id: '11', files: ['e-p-1.tar', 'e-q-1.tar'] });
  const before = await readJobRecord(directory);
  const order = await open();
  await deployOrder(order, makeTools('once'));
  if (undo.includes('uploaded.txt')) await rm(join(root, 'jobs/2025.01/pr_9/uploaded.txt'));
  if (undo.includes('rows') && before.kind === 'record') await writeJobRecord(directory, before.record);
  const done = join(root, 'state/orders/done');
  const [name = ''] = await readdir(done);
  await writeFile(order.path, await readFile(join(done, name)));
  await rm(join(done, name));
  await deployOrder(order, makeTools('once'));
  expect(await uploaded()).toEqual(['e-p-1.tar', 'e-q-1.tar']);
  expect(await rows(directory)).toEqual([succeeded('e-p-1.tar'), succeeded('e-q-1.tar')]);
  expect(await textOf('jobs/2025.01/pr_9/uploaded.txt')).toBe('11/e-p-1.tar\n11/e-q-1.tar\n');
});

it('killed between two artefacts, it keeps to what was planned, and cuts a torn line off the ledger', async () => {
  await makeJob({ id: '11', files: ['e-p-1.tar', 'e-q-1.tar'] });
  const order = await open();
  let runs = 0;
  const dying: Partial<Tools> = {
    runProgram: async (...call) => {
      if (++runs === 2) throw new Error('killed');
      return await runProgram(...call);
    },
  };
  await expect(deployOrder(order, makeTools('latest', dying))).rejects.toThrow('1 of 2 artefacts');
  await appendFile(join(root, 'state/ledger.jsonl'), '{"version":1,"prev');
  await makeJob({ id: '12', files: ['e-p-2.tar', 'e-q-2.tar'] });
  await deployOrder(order, makeTools('latest'));
  expect(await uploaded()).toEqual(['e-p-1.tar', 'e-q-1.tar']);
  expect(await readLedger(join(root, 'state'))).toMatchObject({ entries: [{}, {}] });
});

it('stays open while a row cannot be recorded, and uploads the others', async () => {
  const adopted = await makeJob({ id: '11', files: ['e-p-1.tar'], hasRecord: false });
  const directory = await makeJob({ id: '12', files: ['e-q-1.tar'] });
  const readOwnLogin = async () => 'bot[bot]';
  const away = {
    readOwnLogin,
    readComment: async () => {
      throw new TryAgainLater('503', { cause: undefined });
    },
  } as unknown as Tools['forge'];
  await expect(deploy('all', 'd-1', { forge: away })).rejects.toThrow('1 of 2 artefacts');
  expect(await rows(directory)).toEqual([succeeded('e-q-1.tar')]);
  const back = { readOwnLogin, readComment: async () => 'gone' } as unknown as Tools['forge'];
  await deploy('all', 'd-1', { forge: back });
  expect(await rows(adopted)).toEqual([succeeded('e-p-1.tar')]);
  expect(await uploaded()).toEqual(['e-p-1.tar', 'e-q-1.tar']);
});

const changed =
  'it changed while it was uploaded, so that the bucket may have something else than what was inspected: ' +
  'see that nothing writes to it any more, then set the label again';

describe('an artefact that changes while it is uploaded', () => {
  const other = async (file: string) => {
    await writeFile(`${file}.other`, 'bytes of a-p-1.tar');
    await rename(`${file}.other`, file);
  };
  const andBack = async (file: string) => {
    await rename(file, `${file}.before`);
    await rename(`${file}.before`, file);
  };

  it.each`
    what                                   | change
    ${'another file of that name'}         | ${other}
    ${'the same one, put back afterwards'} | ${andBack}
    ${'other bytes, with the old time'}    | ${(file: string) => writeFile(file, 'other of e-p-1.tar').then(() => utimes(file, 0, 0))}
    ${'none any more'}                     | ${(file: string) => rm(file)}
  `('$what: it is not told as uploaded', async ({ change }) => {
    const directory = await makeJob({ id: '11', files: ['e-p-1.tar'] });
    await utimes(join(directory, 'e-p-1.tar'), 0, 0);
    const changing: Partial<Tools> = {
      runProgram: async (...call) => {
        const result = await runProgram(...call);
        await change(join(directory, 'e-p-1.tar'));
        return result;
      },
    };
    await deploy('once', 'd-1', changing);
    expect(await rows(directory)).toEqual([failed('e-p-1.tar', changed)]);
    expect((await readLedger(join(root, 'state'))).entries).toMatchObject([{ outcome: 'not uploaded' }]);
    expect(await textOf('jobs/2025.01/pr_9/uploaded.txt')).toBe('');
  });
});

it('keeps the ledger where a job was removed meanwhile', async () => {
  const directory = await makeJob({ id: '11', files: ['e-p-1.tar'] });
  const order = await open();
  const removing: Partial<Tools> = {
    runProgram: async (...call) => {
      const result = await runProgram(...call);
      await rm(dirname(directory), { recursive: true });
      return result;
    },
  };
  await deployOrder(order, makeTools('all', removing));
  expect((await readLedger(join(root, 'state'))).entries).toMatchObject([
    { artefact: 'e-p-1.tar', outcome: 'not uploaded', reason: changed },
  ]);
});
