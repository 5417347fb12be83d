import { describe, expect, it } from 'vitest';
import type { Row, RowState } from '../jobs/job-record.ts';
import type { Comment, Markdown } from '../outside/github/github.ts';
import type { Template } from '../settings/template.ts';
import { fitsInComment, maxCommentLength } from './comment.ts';
import { continuationHead, parseContinuation, planContinuations, renderParts, type Table } from './continued-table.ts';
import { parseJobComments } from './job-comments.ts';
import { renderComment, renderRow } from './render-comment.ts';
import { renderStatus } from './status.ts';

const at = new Date('2025-01-05T03:04:05Z');
const url = 'https://github.com/O/R/pull/9#issuecomment-77';
const head = `New job on instance \`bot-a\` for repository \`R1\`
Building on: \`amd-zen2\`
Building for: \`x86_64/amd/zen2\`
Job dir: \`/jobs/2025.01/pr_9/12\`
|date|job status|comment|
|----------|----------|------------------------|` as Markdown;
const row = (text: string, state: RowState = 'uploaded'): Row => ({ at, state, text: text as Markdown });
const numbered = (count: number, text = 'x') => Array.from({ length: count }, (_, index) => row(`${index} ${text}`));
const table = (rows: readonly Row[], more: Partial<Table> = {}): Table => ({
  head,
  rows,
  continuedFrom: [],
  job: { id: '12', comment: { id: 77, url } },
  ...more,
});
/** Planned and rendered. */
const parts = (of: Table) => renderParts({ ...of, continuedFrom: planContinuations(of) });
/** The first word of each row, of all comments. */
const wordsOf = (texts: readonly string[]) =>
  texts.flatMap((text) => Array.from(text.matchAll(/^\|[^|]+\|(?:uploaded|finished)\|(\S+)/gm), (match) => match[1]));

describe('one comment', () => {
  const overhead = renderComment(head, [row('')]).length;
  it.each`
    what               | length                             | shown
    ${'one too short'} | ${maxCommentLength - overhead - 1} | ${maxCommentLength - 1}
    ${'exactly full'}  | ${maxCommentLength - overhead}     | ${maxCommentLength}
    ${'one too long'}  | ${maxCommentLength - overhead + 1} | ${maxCommentLength}
    ${'far too long'}  | ${10 * maxCommentLength}           | ${maxCommentLength}
  `('a text that makes it $what', ({ length, shown }) => {
    const [only, ...none] = parts(table([row('x'.repeat(length))]));
    expect([only?.text.length, none]).toEqual([shown, []]);
    expect(only?.text.endsWith('…|')).toBe(length > maxCommentLength - overhead);
    expect(fitsInComment(only?.text ?? '')).toBe(true);
  });

  it('counts an emoji as two, and cuts none', () => {
    const [only, ...none] = parts(table([row('😀'.repeat(40_000))]));
    expect(none).toEqual([]);
    expect(only?.text.length).toBeGreaterThan(maxCommentLength - 3);
    expect(only?.text).toMatch(/😀…\|$/u);
    expect(only?.text.isWellFormed()).toBe(true);
  });

  it('has room for what keeps lines from being commands', () => {
    const site = `${'bot: help\n'.repeat(3_000)}` as Markdown;
    const [only] = parts(table(numbered(300), { head: site }));
    expect(only?.text.length).toBeLessThanOrEqual(maxCommentLength);
    expect(only?.text).not.toMatch(/^bot:/m);
  });
});

describe('a table that is too long for one comment', () => {
  it('is shortened first: as long as 200 characters of each text fit, there is one comment', () => {
    const [only, ...none] = parts(table(numbered(200, 'x'.repeat(60_000))));
    expect(none).toEqual([]);
    expect(wordsOf([only?.text ?? ''])).toHaveLength(200);
  });

  it.each([300, 1_000, 3_000])('keeps all of %i rows, in their order, each once', (count) => {
    const all = parts(table(numbered(count, 'x'.repeat(1_000))));
    expect(all.length).toBeGreaterThan(1);
    expect(wordsOf(all.map(({ text }) => text))).toEqual(numbered(count).map(({ text }) => text.split(' ')[0]));
    for (const { text } of all) expect(text.length).toBeLessThanOrEqual(maxCommentLength);
    for (const { text } of all.slice(0, -1)) expect(text).toMatch(/\|\n\nThe table goes on in a later comment\.$/);
    expect(all.at(-1)?.text).toMatch(/\|$/);
  });

  it('a row stays in the comment that it was put into, and a comment that is full changes no more', () => {
    const rows = numbered(3_000, 'x'.repeat(300));
    let continuedFrom: readonly number[] = [];
    let before: readonly string[] = [];
    for (let count = 1; count <= rows.length; count += 37) {
      const now = table(rows.slice(0, count), { continuedFrom });
      const planned = planContinuations(now);
      expect(planned.slice(0, continuedFrom.length)).toEqual(continuedFrom);
      continuedFrom = planned;
      const texts = renderParts({ ...now, continuedFrom }).map(({ text }) => text as string);
      for (const [index, text] of before.slice(0, -1).entries()) expect(texts[index]).toBe(text);
      before = texts;
    }
    expect(continuedFrom.length).toBeGreaterThan(5);
  });

  it('the first comment that does not fit by one row', () => {
    const length = renderRow(row('x'.repeat(100))).length + 1;
    const most = Math.floor((maxCommentLength - head.length) / length);
    expect(planContinuations(table(Array.from({ length: most }, () => row('x'.repeat(100)))))).toEqual([]);
    expect(planContinuations(table(Array.from({ length: most + 1 }, () => row('x'.repeat(100)))))).toEqual([most]);
  });

  it('another bot’s comment that is full already is continued with the first row', () => {
    const full = `${head}\n${'y'.repeat(maxCommentLength - head.length - 1)}` as Markdown;
    const all = parts(table([row('a', 'finished')], { head: full }));
    expect(all.map(({ from, to }) => [from, to])).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(all[0]?.text).toBe(full);
  });
});

describe('a comment that continues a table', () => {
  const job = { id: '12', comment: { id: 77, url } };
  const comment = (id: number, body: string, login = 'bot-a[bot]'): Comment => ({
    id,
    body,
    url: `https://github.com/O/R/pull/9#issuecomment-${id}`,
    createdAt: at.toISOString(),
    author: { login, isBot: true },
  });
  const texts = {
    firstComment:
      'New job on instance `{app_name}` for repository `{repo_id}`\nBuilding on: `{on_arch}`{on_accelerator}\nBuilding for: `{for_arch}`{for_accelerator}\nJob dir: `{symlink}`' as Template,
    withAccelerator: '' as Template,
  };

  it('names the first one, its job and which part it is', () => {
    expect(continuationHead(job, 2)).toBe(`Part 2 of the table of job \`12\`, which begins in [comment 77](${url})
|date|job status|comment|
|----------|----------|------------------------|`);
    expect(parseContinuation(continuationHead(job, 3))).toEqual({ comment: 77, part: 3 });
    expect(parseContinuation(continuationHead({ id: '12', comment: { id: 77 } }, 2))).toEqual({ comment: 77, part: 2 });
    expect(parseContinuation(head)).toBeUndefined();
  });

  it.each([
    ['the job’s first comment', /\|submitted\|/],
    ['a command', /^\s*bot:/m],
    ['the comment of that directory', /\/jobs\//],
  ])('is not taken for %s', (_what, pattern) => {
    expect(continuationHead(job, 2)).not.toMatch(pattern);
  });

  it('status finds in it how the job ended, and shows the job once, by its first comment', () => {
    const submitted = row('job id `12` awaits release by job manager', 'submitted');
    const rows = [submitted, ...numbered(1_000, 'x'.repeat(200)), row(':grin: SUCCESS', 'finished')];
    const all = parts(table(rows));
    expect(all.length).toBeGreaterThan(2);
    // GitHub lists by id; part 3 comes first here anyway.
    const posted = all.map(({ text }, index) => comment(index === 0 ? 77 : 200 - index, text)).reverse();
    const others = [
      comment(300, `${continuationHead(job, 9)}\n${renderRow(row('FAILURE', 'finished'))}`, 'other[bot]'),
    ];
    const builds = parseJobComments([...posted, ...others], texts);
    expect(builds).toEqual([expect.objectContaining({ url, jobId: '12', result: ':grin: SUCCESS', repository: 'R1' })]);
    expect(renderStatus(builds, { generation: '9', hasCommits: false }).split('\n').at(-1)).toBe(
      `|\`amd-zen2\`|\`x86_64/amd/zen2\`|R1|:grin: SUCCESS|Jan 05 03:04:05 UTC 2025|finished|${url}|`,
    );
  });
});
