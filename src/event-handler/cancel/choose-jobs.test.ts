import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import type { CancelPermission } from '../../settings/settings.ts';
import type { Filter } from '../arguments/filter.ts';
import { chooseJobs } from './choose-jobs.ts';
import type { KnownJob } from './read-known-jobs.ts';

const settings = exampleSettings();
const linkOf = (id: string) => ({ id: id as JobId, directory: `/jobs/2026.03/pr_9/event_g/run_000/${id}` });

/** A job of alice's for zen4. */
const job = (id: string, more: object = {}, record: object = {}): KnownJob => ({
  job: linkOf(id),
  of: {
    kind: 'this pull request',
    record: {
      phase: 'running',
      submission: { kind: 'submitted', id: id as JobId, cluster: '', at: '2026-03-10T12:00:00Z' },
      target: { repositoryId: 'R1', architecture: 'x86_64/amd/zen4' },
      ...record,
    },
    owner: { login: 'alice', id: 1 },
    isHandedOver: true,
    ...more,
  },
});
const held = job('1', {}, { phase: 'submitted' });
const zen2 = job(
  '2',
  {},
  { target: { repositoryId: 'R2', architecture: 'x86_64/amd/zen2', accelerator: 'nvidia/cc80' } },
);
const ended = job('3', {}, { phase: 'finished' });
const told = job('1', {}, { phase: 'finished', result: { build: '`TIMEOUT` :shrug: UNKNOWN' } });
const bobs = job('4', { owner: { login: 'bob', id: 2 } });
const nobodys = job('5', { owner: undefined });
const underWay = job('6', { isHandedOver: false });
const adopted = job('7', {}, { target: undefined });
const foreign: KnownJob = { job: linkOf('8'), of: { kind: 'another pull request' } };
const changed: KnownJob = { job: linkOf('9'), of: { kind: 'unreadable' } };
const all = [held, zen2, ended, bobs, nobodys, underWay, adopted, foreign, changed];

const filter = (component: Filter['component'], pattern: string): Filter => ({ component, pattern });
const why = (id: string, kind: string, more: object = {}) => ({ id, why: { kind, ...more } });

interface Given {
  readonly ids?: readonly string[];
  readonly filters?: readonly Filter[];
  readonly known?: readonly KnownJob[];
  readonly by?: { readonly login: string; readonly id?: number };
  readonly permission?: CancelPermission;
  readonly ordered?: readonly string[];
  readonly cancelled?: readonly string[];
}

function choose({
  ids,
  filters = [],
  known = all,
  by = { login: 'alice', id: 1 },
  permission = 'owner',
  ordered = [],
  cancelled = [],
}: Given) {
  const { chosen, refused } = chooseJobs(
    { ...(ids && { ids }), filters },
    known,
    {
      by,
      isOrdered: ({ id }) => ordered.includes(id),
      cancelledBy: (link) => (cancelled.includes(link.id) ? { job: link, by: 'bob' } : undefined),
    },
    { ...settings, build: { ...settings.build, cancelPermission: permission } },
  );
  return { chosen: chosen.map((each) => each.job.id), refused };
}

const whose = [why('4', 'not the owner', { owner: 'bob' }), why('5', 'not the owner')];

it.each`
  what                                                   | given                                                                        | chosen             | refused
  ${'nothing is said: all of the sender that goes on'}   | ${{}}                                                                        | ${['1', '2', '7']} | ${[...whose, why('6', 'under way'), why('9', 'unreadable')]}
  ${'an architecture'}                                   | ${{ filters: [filter('architecture', 'zen2')] }}                             | ${['2']}           | ${[]}
  ${'an accelerator'}                                    | ${{ filters: [filter('accelerator', 'cc80')] }}                              | ${['2']}           | ${[]}
  ${'a repository and an architecture'}                  | ${{ filters: [filter('repository', 'R1'), filter('architecture', 'zen2')] }} | ${[]}              | ${[]}
  ${'this instance'}                                     | ${{ filters: [filter('instance', settings.appName)], known: [held] }}        | ${['1']}           | ${[]}
  ${'a number'}                                          | ${{ ids: ['1'] }}                                                            | ${['1']}           | ${[]}
  ${'several, one of them twice'}                        | ${{ ids: ['2', '1', '2'] }}                                                  | ${['2', '1']}      | ${[]}
  ${'a number and a filter that does not match it'}      | ${{ ids: ['1'], filters: [filter('architecture', 'zen2')] }}                 | ${[]}              | ${[why('1', 'not matched')]}
  ${'one that has ended'}                                | ${{ ids: ['3'] }}                                                            | ${[]}              | ${[why('3', 'ended')]}
  ${'one of which it is told how it ended'}              | ${{ ids: ['1'], known: [told] }}                                             | ${[]}              | ${[why('1', 'ended', { how: '`TIMEOUT` :shrug: UNKNOWN' })]}
  ${'one of another pull request'}                       | ${{ ids: ['8'] }}                                                            | ${[]}              | ${[why('8', 'another pull request')]}
  ${'one that is not there'}                             | ${{ ids: ['77', '1'] }}                                                      | ${['1']}           | ${[why('77', 'unknown')]}
  ${"somebody else's"}                                   | ${{ ids: ['4', '5'] }}                                                       | ${[]}              | ${whose}
  ${"somebody else's, where whoever may build may"}      | ${{ ids: ['4', '5'], permission: 'build' }}                                  | ${['4', '5']}      | ${[]}
  ${"one's own, under another name of the account"}      | ${{ ids: ['1'], by: { login: 'alice-new', id: 1 } }}                         | ${['1']}           | ${[]}
  ${"that of somebody who has one's former name"}        | ${{ ids: ['1'], by: { login: 'alice', id: 9 } }}                             | ${[]}              | ${[why('1', 'not the owner', { owner: 'alice' })]}
  ${'one whose submission is under way'}                 | ${{ ids: ['6'] }}                                                            | ${[]}              | ${[why('6', 'under way')]}
  ${'one that bob has cancelled'}                        | ${{ ids: ['1'], cancelled: ['1'] }}                                          | ${[]}              | ${[why('1', 'cancelled before', { by: 'bob' })]}
  ${'once more after a kill: as it was decided'}         | ${{ ids: ['4', '3'], ordered: ['4', '3'], cancelled: ['4'] }}                | ${['4', '3']}      | ${[]}
  ${'once more after a kill, by filters'}                | ${{ filters: [filter('architecture', 'zen2')], ordered: ['3'] }}             | ${['2', '3']}      | ${[]}
  ${'a number that Slurm gave twice: the one that runs'} | ${{ ids: ['1'], known: [job('1', {}, { phase: 'finished' }), held] }}        | ${['1']}           | ${[]}
`('$what', ({ given, chosen, refused }) => {
  expect(choose(given)).toEqual({ chosen, refused });
});
