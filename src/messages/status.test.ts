import { describe, expect, it } from 'vitest';
import type { Comment } from '../outside/forge/forge.ts';
import { dialects } from '../settings/dialects.ts';
import type { Template } from '../settings/template.ts';
import { parseJobComments } from './job-comments.ts';
import { lastBuilds, renderStatus } from './status.ts';

const form9 = { dialect: dialects['9'], hasCommits: false } as const;
const url = (id: number): string => `https://github.com/O/R/pull/9#issuecomment-${id}`;

function comment(id: number, body: string, isBot = true): Comment {
  return { id, url: url(id), body, author: { login: 'x[bot]', isBot }, createdAt: '2025-01-05T03:04:05Z' };
}

const table = '|date|job status|comment|\n|----------|----------|------------------------|';
const head9 = (arch: string, repository: string, accelerator = ''): string =>
  `New job on instance \`bot-b\` for repository \`${repository}\`\nBuilding on: \`amd-zen3\`\nBuilding for: \`${arch}\`${accelerator}\nJob dir: \`/jobs/2025.01/pr_9/12\`\n${table}`;
const head6 =
  'New job on instance `bot-c` for architecture `x86_64-amd-zen2` and accelerator `nvidia/cc80` for repository `R1` in job dir `/jobs/2025.01/pr_9/14`';
const submitted = (id: number): string =>
  `|Jan 05 03:00:00 UTC 2025|submitted|job id \`${id}\` awaits release by job manager|`;
const finished = (text: string, minute = '04'): string => `|Jan 05 03:${minute}:00 UTC 2025|finished|${text}|`;

const texts = {
  firstComment:
    'New job on instance `{app_name}` for repository `{repo_id}`\nBuilding on: `{on_arch}`{on_accelerator}\nBuilding for: `{for_arch}`{for_accelerator}\nJob dir: `{symlink}`' as Template,
  withAccelerator: '&nbsp;and accelerator `{accelerator}`' as Template,
};

describe('reading job comments', () => {
  it('of this generation', () => {
    const body = [
      head9('x86_64/amd/zen3', 'R1', '&nbsp;and accelerator `nvidia/cc80`'),
      submitted(12),
      finished(':grin: SUCCESS'),
      '|Jan 05 03:04:00 UTC 2025|test result|:cry: FAILURE|',
    ].join('\n');
    expect(parseJobComments([comment(1, body)], texts)).toEqual([
      {
        on: { arch: 'amd-zen3' },
        for: { arch: 'x86_64/amd/zen3', accelerator: 'nvidia/cc80' },
        repository: 'R1',
        state: 'finished',
        result: ':grin: SUCCESS',
        date: 'Jan 05 03:04:00 UTC 2025',
        url: url(1),
        jobId: '12',
      },
    ]);
  });

  // Quadratic time in the lines of a row would take a minute.
  it('of a hundred comments with rows of thousands of lines', () => {
    const body = [head9('x86_64/amd/zen3', 'R1'), `|a|b|c${'\n'.repeat(65_000)}`, finished('x')].join('\n');
    const comments = Array.from({ length: 100 }, (_, index) => comment(index + 1, body));
    expect(parseJobComments(comments, texts).map(({ result }) => result)).toEqual(comments.map(() => 'x'));
  });

  it('of generation 6', () => {
    const body = [head6, table, submitted(14), finished('x')].join('\r\n');
    expect(parseJobComments([comment(1, body)], texts)).toMatchObject([
      {
        on: { arch: 'amd-zen2' },
        for: { arch: 'x86_64/amd/zen2', accelerator: 'nvidia/cc80' },
        repository: 'R1',
        jobId: '14',
      },
    ]);
  });

  it('of a site with words of its own', () => {
    const own = { ...texts, firstComment: 'Auftrag: {repo_id} auf {for_arch}{for_accelerator}!' as Template };
    const body = ['Auftrag: R1 auf x86_64/amd/zen2&nbsp;and accelerator `a`!', table, submitted(1), finished('x')].join(
      '\n',
    );
    expect(parseJobComments([comment(1, body)], own)).toMatchObject([
      { for: { arch: 'x86_64/amd/zen2', accelerator: 'a' }, repository: 'R1' },
    ]);
  });

  it('of another site with words of its own', () => {
    const body = [
      'Bot `z`: repository `R1`, architecture is `x86_64-generic`',
      table,
      submitted(1),
      finished('x'),
    ].join('\n');
    expect(parseJobComments([comment(1, body)], texts)).toMatchObject([
      { on: { arch: 'generic' }, for: { arch: 'x86_64/generic' }, repository: 'R1', jobId: '1' },
    ]);
  });

  it('joins the lines of a text that was written with line ends', () => {
    const body = [
      head9('a', 'R1'),
      submitted(1),
      '|Jan 05 03:04:00 UTC 2025|finished|one',
      'SUCCESS two|',
      '|Jan 05 03:05:00 UTC 2025|test result|FAILURE|',
    ].join('\n');
    expect(parseJobComments([comment(1, body)], texts)).toMatchObject([
      { result: 'one SUCCESS two', date: 'Jan 05 03:04:00 UTC 2025' },
    ]);
  });

  it.each`
    what                     | body                                                          | isBot
    ${'one by a person'}     | ${[head9('a', 'R1'), submitted(1), finished('x')].join('\n')} | ${false}
    ${'one without a table'} | ${'New job on instance `bot-b` for repository `R1`'}          | ${true}
    ${'a table of others'}   | ${`Hello\n${table}\n${finished('x')}`}                        | ${true}
    ${'a status comment'}    | ${renderStatus([], form9)}                                    | ${true}
  `('not $what', ({ body, isBot }) => {
    expect(parseJobComments([comment(1, body, isBot)], texts)).toEqual([]);
  });
});

const comments = [
  comment(1, [head9('x86_64/amd/zen3', 'R1'), submitted(11), finished('<b>:grin: SUCCESS</b>', '01')].join('\n')),
  comment(
    2,
    [head9('x86_64/amd/zen3', 'R1'), submitted(12), finished('`TIMEOUT` (TimeLimit) :shrug: UNKNOWN', '09')].join('\n'),
  ),
  comment(3, [head6, table, submitted(14), finished('done')].join('\n')),
  comment(4, [head9('x86_64/amd/zen3', 'R2'), submitted(15), finished('SUCCESS, then FAILURE')].join('\n')),
];

const running = '|Jan 05 03:02:00 UTC 2025|running|job `7` is running|';
const released = '|Jan 05 03:01:00 UTC 2025|released|job awaits launch by Slurm scheduler|';
const sha = '0123456789abcdef0123456789abcdef01234567';
const withSha = (line: string) => head9('a', 'R1').replace(table, `${line}\n${table}`);

it.each`
  rows                                                                     | state          | result
  ${[submitted(7)]}                                                        | ${'submitted'} | ${'job id `7` awaits release by job manager'}
  ${[submitted(7), released]}                                              | ${'submitted'} | ${'job id `7` awaits release by job manager'}
  ${[submitted(7), released.replace('released', 'received')]}              | ${'received'}  | ${'job awaits launch by Slurm scheduler'}
  ${[submitted(7), released, running]}                                     | ${'running'}   | ${'job `7` is running'}
  ${[submitted(7), running, finished('SUCCESS')]}                          | ${'finished'}  | ${':grin: SUCCESS'}
  ${[submitted(7), finished('x'), running.replace('running', 'uploaded')]} | ${'finished'}  | ${'x'}
`('a job whose rows end with $state shows $result', ({ rows, state, result }) => {
  const builds = parseJobComments([comment(1, [head9('a', 'R1'), ...rows].join('\n'))], texts);
  expect(renderStatus(builds, form9).split('\n').at(-1)).toMatch(new RegExp(`\\|UTC 2025|\\|${state}\\|`));
  expect(renderStatus(builds, form9)).toContain(`|R1|${result}|Jan 05`);
});

it.each`
  head                                 | row                                                                    | commit
  ${head9('a', 'R1')}                  | ${submitted(7)}                                                        | ${undefined}
  ${withSha(`Commit SHA: \`${sha}\``)} | ${submitted(7)}                                                        | ${sha}
  ${withSha(`Commit SHA: ${sha}`)}     | ${submitted(7)}                                                        | ${sha}
  ${withSha(`Stand ${sha}!`)}          | ${submitted(7)}                                                        | ${sha}
  ${withSha('Commit SHA: `<b>`')}      | ${submitted(7)}                                                        | ${undefined}
  ${head9('a', 'R1')}                  | ${submitted(7).replace('manager', 'manager, builds commit `0123456`')} | ${'0123456'}
`('reads the commit $commit', ({ head, row, commit }) => {
  const own = { ...texts, commitSha: 'Stand {commit_sha}!' as Template };
  const [build] = parseJobComments([comment(1, [head, row].join('\n'))], own);
  expect(build).toMatchObject({ for: { arch: 'a' }, repository: 'R1', state: 'submitted' });
  expect(build?.commit).toBe(commit);
});

it.each`
  cell                                          | shown
  ${'job id `7` awaits release by job manager'} | ${'job id `7` awaits release by job manager'}
  ${'done, see [x](https://e.example) <b>'}     | ${'done, see \\[x\\](https&#58;//e.example) \\<b\\>'}
  ${'@EESSI/admins #12 GH-12'}                  | ${'@\u200bEESSI/admins #\u200b12 GH-\u200b12'}
  ${'![x](//e) `a` @b'}                         | ${'!\\[x\\](//e) `a` @\u200bb'}
  ${'a &lt;b&gt; \\_c\\_'}                      | ${'a \\<b\\> \\_c\\_'}
`('$cell of another bot is shown as $shown, finished or not', ({ cell, shown }) => {
  for (const row of [finished(cell), `|Jan 05 03:00:00 UTC 2025|running|${cell}|`]) {
    const builds = parseJobComments([comment(1, [head9('a', 'R1'), submitted(7), row].join('\n'))], texts);
    expect(renderStatus(builds, form9)).toContain(`|R1|${shown}|Jan 05`);
  }
});

it('what is finished counts as newer than what is not, for `last_build`', () => {
  const late = submitted(9).replace('03:00', '09:00');
  const both = [
    comment(1, [head9('a', 'R1'), submitted(7), finished('SUCCESS')].join('\n')),
    comment(2, [head9('a', 'R1'), late].join('\n')),
    comment(3, [head9('b', 'R1'), late].join('\n')),
  ];
  expect(lastBuilds(parseJobComments(both, texts)).builds.map(({ state }) => state)).toEqual(['finished', 'submitted']);
});

it.each`
  isFiltered | says
  ${false}   | ${'Nothing was built for this pull request yet.'}
  ${true}    | ${'Nothing that matches was built for this pull request yet; `bot: status` shows all builds.'}
`(
  'says in words that there is nothing yet, below the header that programs read: filtered $isFiltered',
  ({ isFiltered, says }) => {
    expect(renderStatus([], form9, isFiltered).split('\n').slice(2)).toEqual([
      '|on|for|repo|result|date|status|url|',
      '|----|----|----|------|----|------|---|',
      '',
      says,
    ]);
  },
);

describe('the status comment', () => {
  it('of a site that names commits has a column for them, as newer bots have', () => {
    const body = [withSha(`Commit SHA: \`${sha}\``), submitted(7), finished('SUCCESS')].join('\n');
    expect(renderStatus(parseJobComments([comment(1, body)], texts), { ...form9, hasCommits: true })).toBe(`
This is the status of all the \`bot: build\` commands:
|on|for|repo|result|commit SHA|date|status|url|
|----|----|----|----|----|----|----|----|
|\`amd-zen3\`|\`a\`|R1|:grin: SUCCESS|${sha}|Jan 05 03:04:00 UTC 2025|finished|${url(1)}|`);
  });

  it('of generation 9', () => {
    expect(renderStatus(parseJobComments(comments, texts), form9)).toBe(`
This is the status of all the \`bot: build\` commands:
|on|for|repo|result|date|status|url|
|----|----|----|------|----|------|---|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|:grin: SUCCESS|Jan 05 03:01:00 UTC 2025|finished|${url(1)}|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|:shrug: UNKNOWN|Jan 05 03:09:00 UTC 2025|finished|${url(2)}|
|\`amd-zen2\`|\`x86_64/amd/zen2\`, \`nvidia/cc80\`|R1|done|Jan 05 03:04:00 UTC 2025|finished|${url(3)}|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R2|:cry: FAILURE|Jan 05 03:04:00 UTC 2025|finished|${url(4)}|`);
  });

  it('of generation 9, last builds only', () => {
    expect(renderStatus(lastBuilds(parseJobComments(comments, texts)).builds, form9)).toBe(`
This is the status of all the \`bot: build\` commands:
|on|for|repo|result|date|status|url|
|----|----|----|------|----|------|---|
|\`amd-zen2\`|\`x86_64/amd/zen2\`, \`nvidia/cc80\`|R1|done|Jan 05 03:04:00 UTC 2025|finished|${url(3)}|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|:shrug: UNKNOWN|Jan 05 03:09:00 UTC 2025|finished|${url(2)}|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R2|:cry: FAILURE|Jan 05 03:04:00 UTC 2025|finished|${url(4)}|`);
  });

  it('of generation 6', () => {
    expect(
      renderStatus(parseJobComments(comments.slice(2, 4), texts), { dialect: dialects['6'], hasCommits: false }),
    ).toBe(`
This is the status of all the \`bot: build\` commands:
|arch|result|date|status|url|
|----|------|----|------|---|
|x86_64-amd-zen2, nvidia/cc80|done|Jan 05 03:04:00 UTC 2025|finished|${url(3)}|
|x86_64-amd-zen3|:cry: FAILURE|Jan 05 03:04:00 UTC 2025|finished|${url(4)}|`);
  });

  it('has a row per build, however many comments there are', () => {
    const many = Array.from({ length: 350 }, (_, index) =>
      comment(index, [head9('a', 'R1'), submitted(index), finished('SUCCESS')].join('\n')),
    );
    const rows = renderStatus(parseJobComments(many, texts), form9).split('\n').slice(4);
    expect(rows).toHaveLength(350);
    expect(new Set(rows.map((row) => row.split('|').at(-2))).size).toBe(350);
  });

  it('shows the newest and says so, where not all fit', () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      comment(index, [head9('a', 'R1'), submitted(index), finished('SUCCESS')].join('\n')),
    );
    const text = renderStatus(parseJobComments(many, texts), form9);
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).toContain(url(1_999));
    expect(text).toMatch(/\n\n\d+ older builds are left out; filters such as `repo:ID` or `arch:NAME` show fewer\.$/);
  });

  it('keeps room for what stands below, where not all fit', () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      comment(index, [head9('a', 'R1'), submitted(index), finished('SUCCESS')].join('\n')),
    );
    const builds = parseJobComments(many, texts);
    const text = renderStatus(builds, { ...form9, rebuilds: builds });
    expect(text).toMatch(/ show fewer\.\n\nBuilt anew, [^\n]*(\n- .*){20}\n- … and 1980 more$/);
  });
});

it('a rebuild that has not ended is named below the table of the last builds', () => {
  const ended = [head9('x86_64/amd/zen3', 'R1'), submitted(1), finished(':grin: SUCCESS')].join('\n');
  const open = [head9('x86_64/amd/zen3', 'R1'), submitted(2)].join('\n');
  const told = (...bodies: readonly string[]) => {
    const { builds, rebuilds } = lastBuilds(
      parseJobComments(
        bodies.map((body, at) => comment(at, body)),
        texts,
      ),
    );
    return renderStatus(builds, { ...form9, rebuilds });
  };
  const row = (at: number) =>
    `|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|:grin: SUCCESS|Jan 05 03:04:00 UTC 2025|finished|${url(at)}|`;
  expect(told(ended, open).split('\n').slice(4)).toEqual([
    row(0),
    '',
    'Built anew, and not ended yet, so that the table has the build before:',
    `- \`x86_64/amd/zen3\` for \`R1\`: submitted, ${url(1)}`,
  ]);
  expect(told(open, ended).split('\n').slice(4)).toEqual([row(1)]);
  expect(told(ended, ...Array.from({ length: 25 }, () => open))).toMatch(/\n- … and 5 more$/);
});

describe('once the head has moved on', () => {
  const commits = ['1a2b3c4', '9f8e7d6'].map((commit, at) =>
    comment(
      at,
      [
        head9('x86_64/amd/zen3', 'R1'),
        `|Jan 05 03:00:00 UTC 2025|submitted|job id \`1\` awaits release by job manager, builds commit \`${commit}\`|`,
        finished(':grin: SUCCESS'),
      ].join('\n'),
    ),
  );
  const untold = comment(3, [head9('x86_64/amd/zen3', 'R1'), submitted(3)].join('\n'));
  const builds = parseJobComments([...commits, untold], texts);
  const head = `9f8e7d6${'0'.repeat(33)}`;

  it('builds of other commits are marked, and the head is named', () => {
    expect(renderStatus(builds, { ...form9, head })).toBe(`
This is the status of all the \`bot: build\` commands:
|on|for|repo|result|date|status|url|
|----|----|----|------|----|------|---|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|:grin: SUCCESS (_older_: \`1a2b3c4\`)|Jan 05 03:04:00 UTC 2025|finished|${url(0)}|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|:grin: SUCCESS|Jan 05 03:04:00 UTC 2025|finished|${url(1)}|
|\`amd-zen3\`|\`x86_64/amd/zen3\`|R1|job id \`3\` awaits release by job manager|Jan 05 03:00:00 UTC 2025|submitted|${url(3)}|

The head of this pull request is \`9f8e7d6\`: what is marked as _older_ was built from a commit before it.`);
  });

  it.each([
    ['no event has told the head', builds, undefined],
    ['nothing is older', builds.slice(1), head],
  ])('nothing is marked where %s', (_what, shown, told) => {
    expect(renderStatus(shown, { ...form9, ...(told !== undefined && { head: told }) })).toBe(
      renderStatus(shown, form9),
    );
  });

  it('is told where not all builds have room, too', () => {
    const many = Array.from({ length: 2_000 }, () => builds[0]).flatMap((build) => build ?? []);
    const shown = renderStatus(many, { ...form9, head });
    expect(shown).toContain('older builds are left out');
    expect(shown.endsWith('from a commit before it.')).toBe(true);
  });
});
