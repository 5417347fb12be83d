import { expect, it } from 'vitest';
import { type JobRecord, type Row, rowStates } from '../jobs/job-record.ts';
import type { SummarizedJob } from '../jobs/summaries.ts';
import { toldByRows } from '../jobs/told-by-rows.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { isSummary, noJobRow, parseSummary, preparingRow, renderSummary, summaryRow } from './summary.ts';

const at = new Date('2026-03-10T11:00:00Z');
const job = (arch: string, accelerator?: string): SummarizedJob => ({
  directory: '/jobs',
  repositoryId: 'R1',
  for: accelerator === undefined ? { arch } : { arch, accelerator },
  on: { arch: 'amd-zen2' },
});
const row = (state: Row['state'], text = 'text'): Row => ({ at, state, text: text as Markdown });
const record = (id: string, rows: readonly Row[], change: Partial<JobRecord> = {}): JobRecord => ({
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'submitted', id: id as JobId, cluster: '', at: at.toISOString() },
  comment: { kind: 'silent' },
  phase: 'running',
  rows,
  rowsSent: 0,
  ...toldByRows(rows),
  ...change,
});
const summary = (jobs: readonly SummarizedJob[]) => ({ by: 'alice', commit: 'a'.repeat(40), jobs });
const posted = {
  kind: 'posted',
  id: 1,
  url: 'https://github.com/O/R/pull/9#issuecomment-1',
  head: '' as Markdown,
} as const;
const end = [row('submitted'), row('finished', '<details>:grin: SUCCESS</details>')];

it('shows all jobs of a command, in its order', () => {
  const failed = row('finished', '`TIMEOUT` (TimeLimit) <details>:cry: FAILURE _(click)_</details>');
  const rows = [
    summaryRow(
      record('7', [...end, row('test result', ':cry: FAILURE'), row('uploaded'), row('uploaded')], {
        phase: 'finished',
      }),
      false,
    ),
    summaryRow(record('8', [row('submitted'), failed], { comment: posted, phase: 'finished' }), false),
    summaryRow(record('9', [row('submitted'), row('running')]), false),
    preparingRow,
    noJobRow,
    summaryRow(record('10', [], { submission: { kind: 'refused', message: 'sbatch: error: a|b @alice' } }), false),
    summaryRow(record('11', [row('submitted')]), true),
  ];
  const jobs = [job('x86_64/amd/zen2', 'nvidia/cc80'), ...['b', 'c', 'd', 'e', 'f', 'g'].map((arch) => job(arch))];
  expect(renderSummary('bot-a', summary(jobs), rows, 'GUID_run_000.json')).toBe(`\
7 builds of commit \`aaaaaaa\` on instance \`bot-a\`, ordered by \`alice\`: 1 not followed, 1 preparing, 2 no job, 1 running, 1 finished, 1 uploaded

|for|state|result|job|repo|on|since|
|---|---|---|---|---|---|---|
|\`x86_64/amd/zen2\`, \`nvidia/cc80\`|uploaded|:grin: SUCCESS, tests :cry: FAILURE, 2 uploaded|\`7\`|R1|\`amd-zen2\`|Mar 10 11:00:00 UTC 2026|
|\`b\`|finished|\`TIMEOUT\` (TimeLimit) :cry: FAILURE|[\`8\`](https://github.com/O/R/pull/9#issuecomment-1)|R1|\`amd-zen2\`|Mar 10 11:00:00 UTC 2026|
|\`c\`|running||\`9\`|R1|\`amd-zen2\`|Mar 10 11:00:00 UTC 2026|
|\`d\`|preparing|||R1|\`amd-zen2\`||
|\`e\`|no job|why: in the answer to the command||R1|\`amd-zen2\`||
|\`f\`|no job|sbatch: error: a&#124;b @\u200balice||R1|\`amd-zen2\`||
|\`g\`|not followed|the admin finds the reason in the log|\`11\`|R1|\`amd-zen2\`|Mar 10 11:00:00 UTC 2026|

<!-- summary GUID_run_000.json -->`);
});

it('status finds there what has no comment of its own', () => {
  const rows = [
    summaryRow(record('7', [...end, row('test result', ':cry: FAILURE')], { phase: 'finished' }), false),
    summaryRow(record('8', [row('submitted')], { comment: posted }), false),
    preparingRow,
  ];
  const jobs = [job('x86_64/amd/zen2', 'nvidia/cc80'), job('b'), job('c')];
  const body = renderSummary('bot-a', summary(jobs), rows, 'GUID_run_000.json');
  expect(parseSummary({ body, url: 'URL' })).toEqual([
    {
      for: { arch: 'x86_64/amd/zen2', accelerator: 'nvidia/cc80' },
      on: { arch: 'amd-zen2' },
      repository: 'R1',
      state: 'finished',
      result: ':grin: SUCCESS',
      date: 'Mar 10 11:00:00 UTC 2026',
      commit: 'aaaaaaa',
      url: 'URL',
      jobId: '7',
    },
  ]);
});

it.each(rowStates.filter((state) => state !== 'test result'))('status knows a job that is %s', (state) => {
  const phase = ['finished', 'uploaded', 'not uploaded'].includes(state) ? 'finished' : 'running';
  const body = renderSummary(
    'bot-a',
    summary([job('b')]),
    [summaryRow(record('7', [row(state)], { phase }), false)],
    'N.json',
  );
  expect(parseSummary({ body, url: '' })).toHaveLength(1);
});

it.each([300, 3_000])('%d jobs fit into one comment', (count) => {
  const jobs = Array.from({ length: count }, (_, index) => job(`x86_64/${'long'.repeat(10)}/${index}`));
  const rows = jobs.map((_, index) => summaryRow(record(String(index), [row('finished', 'x'.repeat(500))]), false));
  const body = renderSummary('bot-a', summary(jobs), rows, 'GUID_run_000.json');
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toMatch(/<!-- summary GUID_run_000\.json -->$/);
});

it.each([
  [':grin: SUCCESS <details>12 tests, 0 FAILURE</details>', ':grin: SUCCESS'],
  ['`TIMEOUT` (TimeLimit) <details>:cry: FAILURE, 3 of 4 SUCCESS</details>', '`TIMEOUT` (TimeLimit) :cry: FAILURE'],
  [':shrug: UNKNOWN, no SUCCESS and no FAILURE', ':shrug: UNKNOWN'],
  ['text of a site', 'text of a site'],
])('of what a job says, %s, it shows the first word', (text, result) => {
  expect(summaryRow(record('7', [row('finished', text)], { phase: 'finished' }), false).result).toBe(result);
});

it('is found again by its name, and by the instance, which another one may have given the same name', () => {
  const body = renderSummary('bot-a', summary([job('b')]), [preparingRow], 'GUID_run_000.json');
  expect(['bot-a', 'bot-b', 'bot'].map((name) => isSummary(body, name, 'GUID_run_000.json'))).toEqual([
    true,
    false,
    false,
  ]);
  expect(isSummary(body, 'bot-a', 'GUID_run_001.json')).toBe(false);
});
