import { describe, expect, it } from 'vitest';
import type { Row, RowState } from '../jobs/job-record.ts';
import type { Markdown } from '../outside/forge/forge.ts';
import { dialects } from '../settings/dialects.ts';
import type { NodeType, Texts } from '../settings/settings.ts';
import type { Template } from '../settings/template.ts';
import { fitsInComment, maxCommentLength } from './comment.ts';
import { firstCommentHead, type NewJob, submittedRow } from './first-comment.ts';
import {
  finishedRow,
  notUploadedRow,
  receivedRow,
  refusedRow,
  releasedRow,
  runningRow,
  testResultRow,
  uploadedRow,
  uploadingNote,
} from './job-rows.ts';
import { renderComment, renderRow } from './render-comment.ts';

const at = new Date('2025-01-05T03:04:05Z');
const nodeType: NodeType = {
  name: 'cpu_zen2',
  os: 'linux',
  cpuSubdir: 'x86_64/amd/zen2',
  slurmParams: [],
  repositories: [],
};
const job: NewJob = {
  appName: 'bot-a',
  repositoryId: 'R1',
  nodeType,
  forArch: 'x86_64/amd/zen2',
  jobId: '12',
  symlink: '/jobs/2025.01/pr_9/12',
};

const texts = {
  firstComment:
    'New job on instance `{app_name}` for repository `{repo_id}`\nBuilding on: `{on_arch}`{on_accelerator}\nBuilding for: `{for_arch}`{for_accelerator}\nJob dir: `{symlink}`',
  withAccelerator: '&nbsp;and accelerator `{accelerator}`',
  awaitsRelease: 'job id `{job_id}` awaits release by job manager',
  awaitsLaunch: 'job awaits launch by Slurm scheduler{extra_info}',
  runningJob: 'job `{job_id}` is running',
  jobResultUnknown: ':shrug: UNKNOWN, no `{filename}`',
  jobTestUnknown: ':shrug: UNKNOWN, no `{filename}`',
} as unknown as Texts;

const texts6 = {
  ...texts,
  firstComment:
    'New job on instance `{app_name}` for architecture `{arch_name}`{accelerator_spec} for repository `{repo_id}` in job dir `{symlink}`' as Template,
  withAccelerator: ' and accelerator `{accelerator}`' as Template,
};

describe('the first comment of a job', () => {
  it('of generation 9', () => {
    const comment = renderComment(firstCommentHead(job, dialects['9'], texts), [
      submittedRow(at, job, dialects['9'], texts),
    ]);
    expect(comment).toBe(
      `New job on instance \`bot-a\` for repository \`R1\`
Building on: \`amd-zen2\`
Building for: \`x86_64/amd/zen2\`
Job dir: \`/jobs/2025.01/pr_9/12\`
|date|job status|comment|
|----------|----------|------------------------|
|Jan 05 03:04:05 UTC 2025|submitted|job id \`12\` awaits release by job manager|`,
    );
  });

  it.each`
    commitSha                       | line                                            | row
    ${undefined}                    | ${''}                                           | ${'job id `12` awaits release by job manager, builds commit `0123456`'}
    ${''}                           | ${''}                                           | ${'job id `12` awaits release by job manager, builds commit `0123456`'}
    ${'Commit SHA: `{commit_sha}`'} | ${`Commit SHA: \`0123456${'7'.repeat(33)}\`\n`} | ${'job id `12` awaits release by job manager'}
  `('names the commit: commit_sha is $commitSha', ({ commitSha, line, row }) => {
    const named = { ...job, commit: `0123456${'7'.repeat(33)}` };
    const own: Texts = commitSha === undefined ? texts : { ...texts, commitSha };
    const comment = renderComment(firstCommentHead(named, dialects['9'], own), [
      submittedRow(at, named, dialects['9'], own),
    ]);
    expect(
      comment.endsWith(
        `pr_9/12\`\n${line}|date|job status|comment|\n|----------|----------|------------------------|\n|Jan 05 03:04:05 UTC 2025|submitted|${row}|`,
      ),
    ).toBe(true);
  });

  it('of generation 9, with accelerators and delayed begin', () => {
    const accelerated: NewJob = { ...job, forAccelerator: '{job_id}', onAccelerator: 'cc80', delaySeconds: 120 };
    const delayed = {
      ...texts,
      awaitsRelease: 'job id `{job_id}` will be eligible to start in about {delay_seconds} seconds' as Template,
    };
    expect(
      renderComment(firstCommentHead(accelerated, dialects['9'], delayed), [
        submittedRow(at, accelerated, dialects['9'], delayed),
      ]),
    ).toBe(
      `New job on instance \`bot-a\` for repository \`R1\`
Building on: \`amd-zen2\`&nbsp;and accelerator \`cc80\`
Building for: \`x86_64/amd/zen2\`&nbsp;and accelerator \`{job_id}\`
Job dir: \`/jobs/2025.01/pr_9/12\`
|date|job status|comment|
|----------|----------|------------------------|
|Jan 05 03:04:05 UTC 2025|submitted|job id \`12\` will be eligible to start in about 120 seconds|`,
    );
  });

  it('of generation 6', () => {
    const job6: NewJob = {
      ...job,
      nodeType: { ...nodeType, name: 'linux/x86_64/amd/zen2' },
      forAccelerator: 'nvidia/cc80',
    };
    expect(
      renderComment(firstCommentHead(job6, dialects['6'], texts6), [submittedRow(at, job6, dialects['6'], texts6)]),
    ).toBe(
      `New job on instance \`bot-a\` for architecture \`x86_64-amd-zen2\` and accelerator \`nvidia/cc80\` for repository \`R1\` in job dir \`/jobs/2025.01/pr_9/12\`
|date|job status|comment|
|----------|----------|------------------------|
|Jan 05 03:04:05 UTC 2025|submitted|job id \`12\` awaits release by job manager|`,
    );
  });

  it('has no bar outside its table, and stays in its backquotes', () => {
    const odd: NewJob = { ...job, onAccelerator: 'a|b`<i>' };
    expect(firstCommentHead(odd, dialects['9'], texts).split('\n')[1]).toBe(
      "Building on: `amd-zen2`&nbsp;and accelerator `a&#124;b'&lt;i>`",
    );
  });
});

it.each`
  row                                                                                              | line
  ${releasedRow(at, texts)}                                                                        | ${'|released|job awaits launch by Slurm scheduler|'}
  ${receivedRow(at, texts, '2025-01-05T03:06:05')}                                                 | ${'|received|job awaits launch by Slurm scheduler (eligible to start from 2025-01-05T03:06:05)|'}
  ${receivedRow(at, texts, undefined)}                                                             | ${'|received|job awaits launch by Slurm scheduler|'}
  ${runningRow(at, texts, '12')}                                                                   | ${'|running|job `12` is running|'}
  ${finishedRow(at, texts, '12', { how: 'completed', reason: '', description: 'a | b\nc' })}       | ${'|finished|a &#124; b c|'}
  ${finishedRow(at, texts, '12', { how: 'timeout', reason: 'TimeLimit' })}                         | ${'|finished|`TIMEOUT` (TimeLimit) :shrug: UNKNOWN, no `_bot_job12.result`|'}
  ${finishedRow(at, texts, '12', { how: 'failed', reason: 'None', description: 'x' })}             | ${'|finished|`FAILED` x|'}
  ${finishedRow(at, texts, '12', { how: 'completed', reason: '', description: ':grin: SUCCESS' })} | ${'|finished|:grin: SUCCESS|'}
  ${testResultRow(at, texts, '12', undefined)}                                                     | ${'|test result|:shrug: UNKNOWN, no `_bot_job12.test`|'}
  ${testResultRow(at, texts, '12', 'all passed')}                                                  | ${'|test result|all passed|'}
  ${uploadedRow(at, 'eessi-p-software-1.tar.gz')}                                                  | ${'|uploaded|transfer of `eessi-p-software-1.tar.gz` to S3 bucket succeeded|'}
  ${refusedRow(at, 'a.tar', 'it is stale')}                                                        | ${'|not uploaded|transfer of `a.tar` to S3 bucket was refused: it is stale|'}
  ${notUploadedRow(at, 'a.tar', '')}                                                               | ${'|not uploaded|transfer of `a.tar` to S3 bucket failed|'}
  ${notUploadedRow(at, 'a.tar', 'no metadata prefix specified for eessi-pilot-2023.06')}           | ${'|not uploaded|transfer of `a.tar` to S3 bucket failed (no metadata prefix specified for eessi-pilot-2023.06)|'}
`('$line', ({ row, line }) => {
  expect(renderRow(row)).toBe(`|Jan 05 03:04:05 UTC 2025${line}`);
});

it('keeps all rows of a comment that is too long, and cuts the longest texts', () => {
  const rows = [
    runningRow(at, texts, '12'),
    finishedRow(at, texts, '12', { how: 'completed', reason: '', description: `:grin: SUCCESS ${'x'.repeat(60_000)}` }),
    testResultRow(at, texts, '12', 'y'.repeat(60_000)),
  ];
  const comment = renderComment('head' as Markdown, rows);
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment.length).toBeGreaterThan(65_000);
  const [head, running, finished, test, ...none] = comment.split('\n');
  expect([head, running, none]).toEqual(['head', '|Jan 05 03:04:05 UTC 2025|running|job `12` is running|', []]);
  expect(finished).toMatch(/^\|Jan 05 03:04:05 UTC 2025\|finished\|:grin: SUCCESS x+…\|$/);
  expect(test).toMatch(/^\|Jan 05 03:04:05 UTC 2025\|test result\|y+…\|$/);
});

describe('a comment that is full', () => {
  const row = (text: string, state: RowState = 'uploaded'): Row => ({ at, state, text: text as Markdown });
  const numbered = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => row(`${index} ${text}`));
  const head = 'head' as Markdown;
  const overhead = renderComment(head, [row('')]).length;

  it.each`
    what               | length                             | shown
    ${'one too short'} | ${maxCommentLength - overhead - 1} | ${maxCommentLength - 1}
    ${'exactly full'}  | ${maxCommentLength - overhead}     | ${maxCommentLength}
    ${'one too long'}  | ${maxCommentLength - overhead + 1} | ${maxCommentLength}
    ${'far too long'}  | ${10 * maxCommentLength}           | ${maxCommentLength}
  `('a text that makes it $what', ({ length, shown }) => {
    const text = renderComment(head, [row('x'.repeat(length))]);
    expect([text.length, fitsInComment(text)]).toEqual([shown, true]);
    expect(text.endsWith('…|')).toBe(length > maxCommentLength - overhead);
  });

  it('counts an emoji as two, and cuts none', () => {
    const text = renderComment(head, [row('😀'.repeat(40_000))]);
    expect(text.length).toBeGreaterThan(maxCommentLength - 3);
    expect(text).toMatch(/😀…\|$/u);
    expect(text.isWellFormed()).toBe(true);
  });

  it('has room for what keeps lines from being commands', () => {
    const text = renderComment('bot: help\n'.repeat(3_000) as Markdown, numbered(300, 'x'));
    expect(text.length).toBeLessThanOrEqual(maxCommentLength);
    expect(text).not.toMatch(/^bot:/m);
    expect(text.match(/^\|.*\|uploaded\|/gm)).toHaveLength(300);
  });

  it('as long as 200 characters of each text fit, all rows are shown', () => {
    const text = renderComment(head, numbered(200, 'x'.repeat(60_000)));
    expect(text.match(/\|uploaded\|/g)).toHaveLength(200);
    expect(text).not.toContain('more, see');
  });

  it.each([300, 1_000, 3_000])(
    'of %i artefacts the first are shown, the others counted; each other row is shown',
    (count) => {
      const ended = [row('y'.repeat(60_000), 'finished'), row('z'.repeat(60_000), 'test result')];
      const failed = [row('a'.repeat(300), 'not uploaded'), row('b'.repeat(300), 'not uploaded')];
      const text = renderComment(head, [
        ...ended,
        ...numbered(count, 'x'.repeat(1_000)),
        ...failed,
        row('again', 'running'),
      ]);
      expect(fitsInComment(text)).toBe(true);
      const lines = text
        .split('\n')
        .slice(1)
        .map((line) => line.split('|').slice(2, 4));
      const shown = lines.filter(([state, text = '']) => state === 'uploaded' && !text.includes('more, see')).length;
      expect(shown).toBeGreaterThan(200);
      expect(lines.slice(0, 2).map(([state, text = '']) => [state, text.length >= 200])).toEqual([
        ['finished', true],
        ['test result', true],
      ]);
      expect(lines.slice(2 + shown)).toEqual([
        ['running', 'again'],
        ['uploaded', `${count - shown} more, see \`_bot_job.json\` in the job's directory`],
        ['not uploaded', "2 more, see `_bot_job.json` in the job's directory"],
      ]);
    },
  );

  it('another bot’s comment that is full already loses its end, and no row of ours', () => {
    const full = 'y'.repeat(maxCommentLength) as Markdown;
    const text = renderComment(full, [row('job is running', 'running'), row(':grin: SUCCESS', 'finished'), row('a')]);
    expect(fitsInComment(text)).toBe(true);
    expect(
      text
        .split('\n')
        .slice(1)
        .map((line) => line.split('|')[2]),
    ).toEqual(['running', 'finished', 'uploaded']);
  });
});

describe('what stands below the table', () => {
  const rows = [runningRow(at, texts, '12')];
  const head = 'head\n|date|job status|comment|\n|-|-|-|' as Markdown;
  const table = renderComment(head, rows);

  it('is behind every row, after an empty line', () => {
    expect(renderComment(head, rows, 'below' as Markdown)).toBe(`${table}\n\nbelow`);
  });

  it('is behind what is being uploaded', () => {
    const uploading = uploadingNote('a|b.tar', 0, 2 ** 31);
    expect(renderComment(head, rows, 'below' as Markdown, uploading)).toBe(
      `${table}\n\nuploading \`a|b.tar\`: 0 bytes of 2 GiB\n\nbelow`,
    );
  });

  it('is no command', () => {
    expect(renderComment(head, rows, 'bot: build' as Markdown)).toBe(`${table}\n\n\u200bbot: build`);
  });

  it('is left out where the rows have no room for it', () => {
    const long = [finishedRow(at, texts, '12', { how: 'completed', reason: '', description: 'x'.repeat(65_000) })];
    const below = 'y'.repeat(1_000) as Markdown;
    expect(renderComment(head, long, below)).toBe(renderComment(head, long));
  });
});
