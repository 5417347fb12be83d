import { expect, it } from 'vitest';
import type { JobPhase, JobRecord, Row, RowState } from '../../../jobs/job-record.ts';
import type { Markdown } from '../../../outside/forge/forge.ts';
import type { JobId } from '../../../outside/slurm/slurm.ts';
import { catchUp } from './catch-up.ts';

const at = new Date('2025-01-05T03:04:05Z');
const head = 'New job\n|date|job status|comment|\n|----------|----------|------------------------|';
const date = 'Jan 05 03:04:05 UTC 2025';
const textOf = (state: string) => (state.endsWith('uploaded') ? 'transfer of `a.tar.gz`' : `is ${state}`);
const row = (state: RowState): Row => ({ at, state, text: textOf(state) as Markdown });
const record = (phase: JobPhase, sent: RowState[], unsent: RowState[] = []): JobRecord => ({
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'submitted', id: '7' as JobId, cluster: '', at: at.toISOString() },
  comment: { kind: 'posted', id: 1, head: head as Markdown },
  phase,
  rows: [...sent, ...unsent].map(row),
  rowsSent: sent.length,
});
const told = (...states: string[]) =>
  [head, ...states.map((state) => `|${date}|${state}|${textOf(state)}|`)].join('\n');
const theirs = (...states: string[]) =>
  [head, ...states.map((state) => `|Feb 01 00:00:00 UTC 2025|${state}|${textOf(state)}|`)].join('\n');

it.each`
  what                                                     | before                                                       | body                                                                           | sent
  ${'nobody wrote'}                                        | ${record('released', ['submitted'], ['released'])}           | ${told('submitted')}                                                           | ${1}
  ${'GitHub changed the line ends'}                        | ${record('released', ['submitted'], ['released'])}           | ${`${told('submitted').replaceAll('\n', '\r\n')}\r\n`}                         | ${1}
  ${'an earlier version had gone on in a further comment'} | ${record('running', ['submitted'], ['released', 'running'])} | ${`${told('submitted', 'released')}\n\nThe table goes on in a later comment.`} | ${2}
  ${'we had sent a row and were killed'}                   | ${record('running', ['submitted'], ['released', 'running'])} | ${told('submitted', 'released')}                                               | ${2}
  ${'we had sent all rows and were killed'}                | ${record('running', ['submitted'], ['released', 'running'])} | ${told('submitted', 'released', 'running')}                                    | ${3}
`('$what: the record stays, $sent rows are sent', ({ before, body, sent }) => {
  expect(catchUp(before, body)).toEqual({ ...before, rowsSent: sent });
});

it('another bot told that it was cancelled: its end is still told', () => {
  const cancelled = [head, `|${date}|submitted|is submitted|`, `|${date}|finished|job id \`7\` was cancelled|`].join(
    '\n',
  );
  const after = catchUp(record('running', ['submitted'], ['finished']), cancelled);
  expect([after.phase, after.rows.map(({ state }) => state)]).toEqual(['running', ['finished']]);
});

it.each`
  what                                       | before                                                         | body                                                      | phase         | unsent
  ${'another bot released it'}               | ${record('submitted', ['submitted'])}                          | ${theirs('submitted', 'released')}                        | ${'released'} | ${[]}
  ${'another bot told what we were to tell'} | ${record('running', ['submitted'], ['released', 'running'])}   | ${theirs('submitted', 'released')}                        | ${'running'}  | ${['running']}
  ${'another bot finished it, we deploy it'} | ${record('submitted', ['submitted'], ['uploaded'])}            | ${theirs('submitted', 'released', 'running', 'finished')} | ${'finished'} | ${['uploaded']}
  ${'another bot deployed it already'}       | ${record('finished', ['submitted', 'finished'], ['uploaded'])} | ${theirs('submitted', 'finished', 'uploaded')}            | ${'finished'} | ${[]}
`('$what: its rows stay, and are not told twice', ({ before, body, phase, unsent }) => {
  const after = catchUp(before, body);
  expect(after).toMatchObject({ phase, rowsSent: 0, comment: { kind: 'posted', id: 1, head: body } });
  expect(after.rows.map(({ state }) => state)).toEqual(unsent);
});

it.each([
  ['what stands below the table was sent', 2, `${told('submitted', 'finished')}\n\nbelow`, 'below'],
  ['an earlier version sent the rows alone', 2, told('submitted', 'finished'), 'below'],
  ['the end was not sent yet', 1, told('submitted'), 'below'],
])('%s: the record stays', (_what, sent, body, below) => {
  const before = { ...record('finished', ['submitted'], ['finished']), below: below as Markdown };
  expect(catchUp(before, body)).toEqual({ ...before, rowsSent: sent });
});

it.each([
  ['another bot has put a row below it', `${told('submitted', 'finished')}\n\nbelow\n|${date}|uploaded|x|`, undefined],
  ['another bot told the end', theirs('submitted', 'released', 'finished'), undefined],
  ['another bot released it', theirs('submitted', 'released'), 'below'],
])('%s: what stands below the table is not told twice', (_what, body, below) => {
  const before = { ...record('finished', ['submitted'], ['finished']), below: 'below' as Markdown };
  expect(catchUp(before, body).below).toBe(below);
});
