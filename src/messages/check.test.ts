import { expect, it } from 'vitest';
import type { JobRecord, JobTarget, Row } from '../jobs/job-record.ts';
import { toldByRows } from '../jobs/told-by-rows.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { jobCheck } from './check.ts';

const row = (minute: number, state: Row['state'], text: string): Row => ({
  ...{ at: new Date(Date.UTC(2026, 2, 10, 11, minute)), state, text: text as Markdown },
});
const submitted = row(0, 'submitted', 'job id `7` awaits release by job manager');
const running = row(2, 'running', 'job `7` is running');
const record = (rows: readonly Row[], change: Partial<JobRecord> = {}): JobRecord => ({
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  commit: 'a1b2c3d'.padEnd(40, '0'),
  orderedBy: { login: 'alice' },
  target: {
    repositoryId: 'eessi.io-2023.06',
    nodeType: 'gpu_a100',
    architecture: 'x86_64/amd/zen3',
    accelerator: 'nvidia/cc80',
  },
  submission: { kind: 'submitted', id: '7' as JobId, cluster: '', at: '2026-03-10T11:00:00Z' },
  comment: { kind: 'posted', id: 1, url: 'https://github.com/O/R/pull/9#issuecomment-1', head: '' as Markdown },
  phase: 'submitted',
  rows,
  rowsSent: 0,
  ...toldByRows(rows),
  ...change,
});

it('a job that waits', () => {
  expect(jobCheck(record([submitted]), 'queued', '9-1', 'bot-a')).toEqual({
    commit: 'a1b2c3d'.padEnd(40, '0'),
    name: 'bot-a: eessi.io-2023.06 for x86_64/amd/zen3, nvidia/cc80 on gpu_a100',
    identity: '9-1',
    state: 'queued',
    title: 'Job 7 waits in the queue',
    summary: `\
- job \`7\`, \`eessi.io-2023.06\` for \`x86_64/amd/zen3\`, \`nvidia/cc80\` on \`gpu_a100\`
- commit \`a1b2c3d\`, ordered by \`alice\`

|date|job status|comment|
|---|---|---|
|Mar 10 11:00:00 UTC 2026|submitted|job id \`7\` awaits release by job manager|`,
    url: 'https://github.com/O/R/pull/9#issuecomment-1',
  });
});

it('one that has failed: why, how long it took, and the last lines of its output stand open; its deployment is not of it', () => {
  const finished = row(9, 'finished', '`FAILED` (exit code 3) <details>:cry: FAILURE _(click)_</details>');
  const rows = [submitted, running, finished, row(9, 'test result', ':shrug: UNKNOWN'), row(20, 'not uploaded', 'x')];
  const below =
    '<details><summary>The last line of <code>slurm-7.out</code></summary>\n\n<pre>\nno\n</pre>\n\n</details>' as Markdown;
  const { summary, ...check } = jobCheck(record(rows, { below }), 'failure', '9-1', 'bot-a');
  expect(check).toMatchObject({
    title: 'Job 7: FAILED (exit code 3) FAILURE, tests UNKNOWN',
    text: below.replace('<details>', '<details open>'),
    startedAt: '2026-03-10T11:02:00.000Z',
    endedAt: '2026-03-10T11:09:00.000Z',
  });
  expect(summary.split('\n').at(-1)).toBe('|Mar 10 11:09:00 UTC 2026|test result|:shrug: UNKNOWN|');
});

it.each<[what: string, target: JobTarget, name: string]>([
  ['says where it runs', { repositoryId: 'R', nodeType: 'cpu', architecture: 'a/zen2' }, 'bot-a: R for a/zen2 on cpu'],
  ['but not twice', { repositoryId: 'R', nodeType: 'linux/a/zen2', architecture: 'a/zen2' }, 'bot-a: R for a/zen2'],
])('its name %s', (_what, target, name) => {
  expect(jobCheck(record([], { target }), 'queued', '', 'bot-a').name).toBe(name);
});

it('is never longer than GitHub takes', () => {
  const long = 'x'.repeat(60_000) as Markdown;
  const rows = [submitted, row(9, 'finished', long), row(9, 'test result', long)];
  const { title, summary, text = '' } = jobCheck(record(rows, { below: long }), 'failure', '9-1', 'bot-a');
  expect([title.length <= 200, summary.length < 65_535, text.length < 65_535]).toEqual([true, true, true]);
});
