import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLease } from '../../src/daemon/lease-file.ts';
import { missingPlaces } from '../../src/daemon/places.ts';
import { parsePlan } from '../../src/event-handler/comment/kept-plan.ts';
import { AttemptCounts } from '../../src/event-handler/receive/attempt-counts.ts';
import { openDelivery } from '../../src/event-handler/receive/delivery.ts';
import { parseProgress } from '../../src/event-handler/receive/plan-recovery.ts';
import { readFailureCounts } from '../../src/job-manager/watch/unusable-jobs.ts';
import { placeOfRecord, readJobRecord } from '../../src/jobs/job-record.ts';
import { readKnownHead } from '../../src/jobs/known-pull-request.ts';
import { readLedger } from '../../src/jobs/ledger.ts';
import { readUploadsBefore } from '../../src/jobs/of-another-bot/uploads-before.ts';
import { readOpenOrders } from '../../src/jobs/orders.ts';
import { readReport } from '../../src/jobs/reports.ts';
import type { SealedKind } from '../../src/outside/files/seal.ts';
import { sealIfObject } from '../sealed-files.ts';
import { wrongShapes } from './wrong-shapes.ts';

// Each reader by itself. What the daemons make of such files, each by its own way to it: test/system/disk-damaged-files.test.ts.

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shapes-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = '2026-03-10T12:00:00.000Z';
const sha = 'a'.repeat(40);
const waiting = '2026-03-10T12-00-00.000Z_000001_g-1.json';
const repository = { owner: 'O', name: 'R' };
const nodeType = {
  name: 'n',
  os: 'linux',
  cpuSubdir: 'x86_64',
  accelerator: 'a',
  slurmParams: ['-p x'],
  repositories: ['r'],
};
const target = {
  ...{ nodeType, repositoryId: 'r', forArch: 'x', forAccelerator: 'a', onAccelerator: 'a', submitOptsAccelerator: 'a' },
  exports: ['A=b'],
};
const said = { kind: 'posted', id: 7, url: 'u' };

interface Kind {
  readonly path: string;
  /** Of one that carries a seal: what it is, and where it belongs. Every shape gets one, so that it comes to the reader. */
  readonly seal?: () => [kind: SealedKind, place: string];
  readonly whole: object;
  /** Members that may be missing, as in files of earlier versions. */
  readonly optional?: readonly string[];
  /** Members in which anything may stand, or one thing may. */
  readonly free?: readonly string[];
  /** What it is read as; undefined: as good as none. */
  readonly read: (text: string) => unknown;
}

const kinds: Readonly<Record<string, Kind>> = {
  'the record of a job': {
    path: '_bot_job.json',
    seal: () => ['job record', placeOfRecord(directory)],
    whole: {
      ...{ version: 1, repository, pullRequest: 9, delivery: 'g', orderedBy: { login: 'alice', id: 7 } },
      ordered: '{}',
      submission: { kind: 'submitted', id: '12', cluster: 'c', at },
      comment: { kind: 'posted', id: 7, url: 'u', head: 'head' },
      ...{ phase: 'running', releaseBegun: at, asked: { times: 1, at, timesUnknown: 1, unknownSeconds: 1 } },
      rows: [{ at, state: 'running', text: 'x' }],
      rowsSent: 1,
      sending: { all: 2, own: 1, forMilliseconds: 7 },
      ...{ ended: 'failure', check: { kind: 'check run', id: 5, shows: 'running' } },
    },
    optional: [
      ...[
        'delivery',
        'ordered',
        'orderedBy',
        'orderedBy.id',
        'comment.url',
        'releaseBegun',
        'asked',
        'asked.unknownSeconds',
      ],
      ...['sending', 'ended', 'check'],
    ],
    free: ['asked.unknownSeconds', 'sending.forMilliseconds'],
    read: async () => {
      const reading = await readJobRecord(directory);
      return reading.kind === 'record' ? reading.record : undefined;
    },
  },
  'a delivery': {
    path: 'delivery.json',
    seal: () => ['delivery', 'delivery.json'],
    whole: { version: 1, guid: 'g-1', event: 'issue_comment', receivedAt: at, headers: { a: 'b' }, body: '{}' },
    optional: ['headers.a'],
    free: ['a prototype as headers'], // it is left out
    read: async () => openDelivery('delivery.json', await readFile(join(directory, 'delivery.json'), 'utf8')).value,
  },
  'the plan of a comment': {
    path: 'plan.json',
    whole: {
      ...{ version: 1, delivery: 'g', repository, pullRequest: 9, commentId: 5, sender: 'alice', senderId: 7 },
      commands: [
        {
          typed: 'build',
          command: { name: 'build', expanded: 'build' },
          outcome: {
            kind: 'build',
            targets: [target],
            refusedTargets: [{ target, reason: 'x' }],
            unmatched: ['x'],
            sha,
            force: true,
            underWay: [{ target, id: '7', url: 'u' }],
            green: { commit: sha, count: 1 },
          },
          build: {
            pullRequest: { number: 9, baseBranch: 'main', headSha: sha },
            pullRequestDir: '/j/pr_9',
            runDir: '/j/r',
          },
          result: { kind: 'build', jobs: [{ id: '7', url: 'u' }], failures: ['x'] },
          givenUp: true,
        },
        {
          typed: 'status',
          outcome: { kind: 'status', lastBuild: true, filters: [{ component: 'job', pattern: 'x' }] },
        },
        { typed: 'show_config', outcome: { kind: 'show_config', nodeTypes: [nodeType] } },
      ],
      ...{ reactions: ['eyes'], reacted: true, said: { response: said }, shown: 'x', unplaced: true, waitsFor: 'x' },
    },
    optional: [
      ...['senderId', 'commentId', 'said.response', 'shown', 'unplaced', 'waitsFor'],
      ...[
        'command',
        'build',
        'result',
        'givenUp',
        'outcome.unmatched',
        'outcome.sha',
        'outcome.force',
        'outcome.underWay',
        'outcome.green',
        'result.jobs.0.url',
      ].map((member) => `commands.0.${member}`),
      ...['commands.0.outcome.underWay.0.id', 'commands.0.outcome.underWay.0.url'],
      ...['outcome.targets.0', 'outcome.refusedTargets.0.target', 'outcome.underWay.0.target'].flatMap((each) =>
        ['nodeType.accelerator', 'forAccelerator', 'onAccelerator', 'submitOptsAccelerator'].map(
          (member) => `commands.0.${each}.${member}`,
        ),
      ),
      'commands.2.outcome.nodeTypes.0.accelerator',
    ],
    free: ['a prototype as said'], // it is left out
    read: (text) => parsePlan(parsed(text)),
  },
  'an order': {
    path: 'orders/a.json',
    seal: () => ['order', 'a.json'],
    whole: {
      version: 1,
      kind: 'deploy',
      repository,
      pullRequest: 9,
      by: 'carol',
      delivery: 'g',
      at,
      merged: true,
      head: sha,
      job: { id: '7', directory: '/jobs/7' },
      notAskedYet: true,
      jobs: ['7'],
      typed: 'explain deploy',
    },
    optional: ['merged', 'head', 'job', 'notAskedYet', 'jobs', 'typed'],
    read: async () => (await readOpenOrders(directory)).orders[0]?.order,
  },
  'how far was compared': {
    path: 'recovery.json',
    whole: {
      ...{ version: 1, begin: at, guessed: true, before: ['g'], comparedUntil: at },
      listing: { until: at, next: 'n', found: [{ id: '1', guid: 'g', event: 'e', deliveredAt: at, failures: 0 }] },
      missing: [{ id: '1', guid: 'g', event: 'e', deliveredAt: at, failures: 0 }],
    },
    optional: ['guessed', 'listing'],
    read: parseProgress,
  },
  'a lease': {
    path: 'job manager.1.lease',
    whole: { version: 1, number: 1, token: 't', host: 'h', pid: 7, processStart: '1', since: at, released: at },
    optional: ['released'],
    read: async () => (await readLease(directory, 'job manager'))?.holder,
  },
  "a daemon's report": {
    path: 'job-manager.json',
    whole: {
      version: 1,
      at,
      queueReadAt: at,
      troubles: [{ subject: 'queue', what: 'x' }],
      failing: [],
      awaitingRestart: ['x'],
    },
    optional: ['queueReadAt', 'failing', 'awaitingRestart'],
    free: ['failing'],
    read: async () => await readReport(directory, 'job manager'),
  },
  "the event handler's report": {
    path: 'event-handler.json',
    whole: {
      ...{ version: 1, at, lastComparison: at, failure: 'x', missing: 1, configurationProblems: ['x'] },
      failing: [{ kind: 'queue', count: 1, since: at, last: at, words: 'x' }],
      awaitingRestart: ['x'],
      warnings: ['x'],
    },
    optional: ['failing', 'awaitingRestart', 'warnings'],
    free: ['lastComparison', 'failure'], // null is none
    read: async () => {
      const report = await readReport(directory, 'event handler');
      return report?.failing.length === 1 ? report : undefined; // troubles that cannot be are left out
    },
  },
  'what is known of a pull request': {
    path: 'pulls/o/r/9.json',
    seal: () => ['pull request', 'o/r/9'],
    whole: {
      ...{ version: 1, baseBranch: 'main', headSha: sha, updatedAt: at, formerHeads: [{ headSha: sha, until: at }] },
      ...{ headsKnownFrom: at, deployment: { at, delivery: 'g' } },
    },
    optional: ['formerHeads', 'headsKnownFrom', 'deployment'],
    read: async () => await readKnownHead(directory, { repository, pullRequest: 9 }),
  },
  'a line of the ledger': {
    path: 'ledger.jsonl',
    whole: {
      ...{ version: 1, previous: '0', at, by: 'carol', delivery: 'g', repository: 'O/R', pullRequest: 9, job: '12' },
      ...{ commit: sha, head: sha, artefact: 'a', sha256: 'x', size: 1, outcome: 'uploaded', reason: 'x' },
    },
    optional: ['commit', 'head', 'sha256', 'size', 'reason'],
    read: async () => (await readLedger(directory)).entries[0],
  },
  'how often jobs failed': {
    path: 'failing-jobs.json',
    whole: { version: 1, intervals: { '7 /j': 3 } },
    optional: ['intervals.7 /j'],
    read: async () => (await readFailureCounts(directory)).get('7 /j'),
  },
  'how often a delivery was received': {
    path: `inbox/attempts/${waiting}`,
    whole: { version: 1, received: 3, attempts: { all: 2, own: 1, forMilliseconds: 7 } },
    free: ['attempts.forMilliseconds'],
    read: async () => {
      await mkdir(join(directory, 'inbox/new'), { recursive: true });
      await writeFile(join(directory, 'inbox/new', waiting), '');
      const count = (await AttemptCounts.open(join(directory, 'inbox'))).of(waiting);
      return count.received === 0 ? undefined : count;
    },
  },
  'what was uploaded before': {
    path: 'uploaded-before.json',
    whole: { version: 1, uploads: [{ pullRequest: 9, repository: 'O/R', job: '7', artefact: 'a' }] },
    optional: ['uploads.0.repository'],
    read: async () => await readUploadsBefore(directory).catch(() => undefined),
  },
  'the list of places': {
    path: '.bot-places.json',
    whole: { places: ['/away'] },
    free: ['places.0'],
    read: async () => (await missingPlaces({ there: directory, away: '/away' }, directory))[0],
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe.each(Object.entries(kinds))('%s', (_, { path, seal, whole, optional = [], free = [], read }) => {
  const written = async (text: string) => {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    const sealed = seal === undefined ? text : sealIfObject(...seal(), text);
    await writeFile(file, path.endsWith('.jsonl') ? `${text}\n` : sealed);
    return await read(text);
  };

  it('is read where it is whole, has more than is known here, or was written before there was more', async () => {
    const text = JSON.stringify(whole);
    const asRead = await written(text);
    expect(asRead).toBeDefined();
    expect(await written(JSON.stringify({ isNew: { a: 1 }, ...whole }))).toEqual(asRead);
    for (const member of optional) {
      expect(await written(JSON.stringify(without(whole, member))), `without ${member}`).toSatisfy(
        (reading) => reading !== undefined || member.startsWith('intervals') || member === 'failing',
      );
    }
  });

  it('is as good as none where it is anything else', async () => {
    const isFree = (what: string) => free.some((each) => what === each || what.endsWith(` as ${each}`));
    const shapes = wrongShapes(whole, optional).filter(([what]) => !isFree(what));
    const taken: string[] = [];
    for (const [what, text] of shapes) if ((await written(text)) !== undefined) taken.push(what);
    expect(taken).toEqual([]);
    expect(shapes.length).toBeGreaterThan(20);
  });
});

function without(whole: object, member: string): object {
  const copy = structuredClone(whole);
  const keys = member.split('.');
  let holder = copy as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) holder = holder[key] as typeof holder;
  delete holder[keys.at(-1) ?? ''];
  return copy;
}
