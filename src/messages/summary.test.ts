import { expect, it } from 'vitest';
import { exampleSettings } from '../../test/example-settings.ts';
import { parseJobComments } from './job-comments.ts';
import { announcesJob } from './job-table.ts';
import { type SummarisedJob, summaryComment } from './summary.ts';

const target = { repositoryId: 'R1', architecture: 'x86_64/amd/zen2' };
const url = 'https://github.com/O/R/pull/9#issuecomment-5';
const commit = '0123456789abcdef0123456789abcdef01234567';
const jobs: readonly SummarisedJob[] = [
  { target, id: '11', url, commit, state: 'finished', isEnded: true, result: '<b>:grin: SUCCESS</b> | x' },
  {
    target: { ...target, accelerator: 'nvidia/cc70+nvidia/cc80' },
    id: '12',
    url,
    commit,
    state: 'running',
    isEnded: false,
  },
  { target, id: '13', commit, state: 'finished', isEnded: true, result: '`TIMEOUT` (TimeLimit) done' },
  { target, id: '14', url, commit, state: 'finished', isEnded: true, result: 'SUCCESS, then FAILURE' },
  { target, commit, state: 'no job', isEnded: true },
  { state: 'not followed', isEnded: true },
];

it('shows all jobs of a command', () => {
  expect(summaryComment('bot-a', 'alice', jobs)).toBe(`Jobs that \`alice\` ordered from \`bot-a\`: 5 of 6 ended.

|target|repository|state|result|job|commit|
|---|---|---|---|---|---|
|\`x86_64/amd/zen2\`|\`R1\`|finished|:grin: SUCCESS|[11](${url})|\`0123456\`|
|\`x86_64/amd/zen2\`, \`nvidia/cc70+nvidia/cc80\`|\`R1\`|running||[12](${url})|\`0123456\`|
|\`x86_64/amd/zen2\`|\`R1\`|finished|:shrug: UNKNOWN|13|\`0123456\`|
|\`x86_64/amd/zen2\`|\`R1\`|finished|:cry: FAILURE|[14](${url})|\`0123456\`|
|\`x86_64/amd/zen2\`|\`R1\`|no job|||\`0123456\`|
|||not followed||||`);
});

it("is no job's comment, to this bot or others", () => {
  const body = summaryComment('bot-a', 'alice', jobs);
  const comment = { id: 1, url, author: { login: 'bot-a[bot]', isBot: true }, createdAt: '' };
  expect(parseJobComments([{ ...comment, body }], exampleSettings().texts)).toEqual([]);
  expect(announcesJob(body, '11', 9)).toBe(false);
  expect(body).not.toMatch(/submitted|job id|New job on instance/);
});
