// biome-ignore-all lint/suspicious/noTemplateCurlyInString: settings hold them

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { knownSettings } from '../../src/settings/known-settings.ts';
import { markdownOfComment } from './markdown-of-comment.ts';
import { readExample } from './read-example.ts';
import { releaseOf, settingsPage } from './write-settings.ts';

const page = settingsPage();

it('docs/settings.md is up to date: node test/docs/write-settings.ts', async () => {
  expect(await readFile(join(import.meta.dirname, '../../docs/settings.md'), 'utf8')).toBe(page);
});

it('tells of every setting that the schema knows', () => {
  const rows = page.match(/^\| `.*$/gm) ?? [];
  const chapters = page.split(/^## /m);
  const untold = Object.entries(knownSettings).flatMap(([section, keys]) => {
    const own = chapters.find((chapter) => chapter.startsWith(`[${section}]\n`)) ?? '';
    return keys
      .filter(
        (key) => !own.includes(`\n| \`${key}\` | `) && !rows.some((row) => row.includes(`| \`[${section}] ${key}\``)),
      )
      .map((key) => `[${section}] ${key}`);
  });
  expect(untold).toEqual([]);
});

it.each`
  section            | key                     | release
  ${'github'}        | ${'app_id'}             | ${'0.6'}
  ${'buildenv'}      | ${'load_modules'}       | ${'0.6'}
  ${'deploycfg'}     | ${'signing'}            | ${'0.7'}
  ${'bot_control'}   | ${'chatlevel'}          | ${'0.8'}
  ${'buildenv'}      | ${'clone_git_repo_via'} | ${'0.9'}
  ${'buildenv'}      | ${'cancel_command'}     | ${'0.11'}
  ${'buildenv'}      | ${'allowed_submitargs'} | ${'develop'}
  ${'event_handler'} | ${'recovery_interval'}  | ${undefined}
`('[$section] $key came with $release', ({ section, key, release }) => {
  expect(releaseOf(section, key)).toBe(release);
});

it('reads an example: what explains a setting, and its lines', () => {
  const text = [
    '# How it is read.',
    '',
    '[a]',
    '# One.',
    '# Still one.',
    'one = 1',
    '# Both.',
    '# two = 2',
    'three =',
    '    {x}',
    '',
    '    {y}',
    '',
    '# A remark.',
    '[b]',
    'four = {',
    '  "x": 1',
    '  }',
    '',
  ].join('\n');
  const setting = (key: string, isInForce: boolean, ...lines: string[]) => ({ key, isInForce, lines });
  expect(readExample(text)).toEqual([
    { section: '', comment: ['How it is read.'], settings: [] },
    { section: 'a', comment: ['One.', 'Still one.'], settings: [setting('one', true, 'one = 1')] },
    {
      section: 'a',
      comment: ['Both.'],
      settings: [setting('two', false, '# two = 2'), setting('three', true, 'three =', '    {x}', '', '    {y}')],
    },
    { section: 'a', comment: ['A remark.'], settings: [] },
    { section: 'b', comment: [], settings: [setting('four', true, 'four = {', '  "x": 1', '  }')] },
  ]);
});

it.each`
  what                           | comment                                       | markdown
  ${'a sentence'}                | ${['Who may', 'build.']}                      | ${'Who may\nbuild.'}
  ${'placeholders'}              | ${['with {name} and %(key)s, {{ a brace']}    | ${'with `{name}` and `%(key)s`, `{{` a brace'}
  ${'options'}                   | ${['such as --time=, or "--mail-user="']}     | ${'such as `--time=`, or `"--mail-user="`'}
  ${'variables'}                 | ${['$NAME and ${NAME}']}                      | ${'`$NAME` and `${NAME}`'}
  ${'settings, and other words'} | ${['poll_interval of other_things']}          | ${'`poll_interval` of other_things'}
  ${'a setting with its value'}  | ${['with summary = true']}                    | ${'with `summary = true`'}
  ${'what is quoted already'}    | ${['`# key = value` shows']}                  | ${'`# key = value` shows'}
  ${'a page'}                    | ${['see docs/security.md']}                   | ${'see [security.md](security.md)'}
  ${'a list'}                    | ${['These:', '  - os: one', '  - cpu: two']}  | ${'These:\n\n- os: one\n- cpu: two'}
  ${'words and their meaning'}   | ${['One of', '  all     each', '  once  no']} | ${'One of\n\n- `all`: each\n- `once`: no'}
  ${'code'}                      | ${['A map:', '  x = {', '    }']}             | ${'A map:\n\n```ini\nx = {\n  }\n```'}
`('makes Markdown of a comment: $what', ({ comment, markdown }) => {
  expect(markdownOfComment(comment, ['poll_interval'])).toBe(markdown);
});
