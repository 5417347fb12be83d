import { expect, it } from 'vitest';
import type { DaemonFacts } from '../daemon/read-daemon.ts';
import type { Trouble } from '../daemon/troubles.ts';
import { findFailing, tellHealth } from './tell-health.ts';

const since = '2026-03-10T12:00:00.000Z';
const upload: Trouble = { kind: 'upload', count: 3, since, last: '2026-03-10T12:09:00.000Z', words: 'no such bucket' };
const clone: Trouble = { kind: 'clone', count: 1, since, last: since, words: 'refused' };
const runs: DaemonFacts = { state: 'runs', isMissed: false, number: 1, lastSign: since };
const missed: DaemonFacts = { ...runs, state: 'died', isMissed: true };
const daemons = { 'event handler': runs, 'job manager': runs };
const well = { ok: true, storage: null, configurationProblems: [], failing: [] };

it('what goes wrong is told of both daemons, with its kind and since when', () => {
  const state = { daemons, eventHandler: { failing: [clone] }, jobManager: { failing: [upload] } };
  const failing = findFailing(state, 'event handler');
  expect(failing).toMatchObject([
    { daemon: 'event handler', kind: 'clone', count: 1, since },
    { daemon: 'job manager', kind: 'upload', count: 3, since },
  ]);
  expect(tellHealth({ ...well, ok: false, storage: 'the disk is full', configurationProblems: ['x'], failing })).toBe(
    `not ok:
- storage: the disk is full
- configuration: an edited file is not in force: x
- event handler, clone: repositories cannot be fetched (once since 2026-03-10T12:00:00.000Z): refused
- job manager, upload: uploads fail (3 times since 2026-03-10T12:00:00.000Z): no such bucket`,
  );
});

it.each`
  asks               | gone               | told
  ${'event handler'} | ${'job manager'}   | ${1}
  ${'event handler'} | ${'event handler'} | ${0}
  ${'job manager'}   | ${'event handler'} | ${1}
  ${'job manager'}   | ${'job manager'}   | ${0}
`('the $asks tells $told times that the $gone is missed', ({ asks, gone, told }) => {
  const state = { daemons: { ...daemons, [gone]: missed }, eventHandler: undefined, jobManager: undefined };
  expect(findFailing(state, asks)).toHaveLength(told);
});

it('is ok where nothing is wrong', () => expect(tellHealth(well)).toBe('ok'));
