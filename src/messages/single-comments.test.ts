import { marked } from 'marked';
import { expect, it } from 'vitest';
import { dialects } from '../settings/dialects.ts';
import type { Texts } from '../settings/settings.ts';
import { buildLabel } from './build-label.ts';
import { failureComment } from './failure-comment.ts';
import { movedJobDirs } from './moved-job-dirs.ts';
import { labelWithoutEffect, noBuildPermission, noDeployPermission } from './no-permission.ts';

const texts = {
  noBuildPermission: '`{build_labeler}` may not build.',
  noDeployPermission: '`{deploy_labeler}` may not deploy.',
  movedJobDirs: 'PR merged! Moved `{job_dirs}` to `{trash_bin_dir}`',
  download: { clone: { failure: 'Unable to clone.', tip: '_Tip: try again._' } },
} as unknown as Texts;

it('tells why a pull request could not be got', () => {
  expect(failureComment('clone', 'fatal: a\nfatal: b `c`\n', texts)).toBe(
    "```\nfatal: a\nfatal: b 'c'\n```\nUnable to clone.\n_Tip: try again._",
  );
});

it.each(['', '```', 'x\n```\n# y', 'x\n\n<!-- y\n    z', '\n~~~\n', 'x\r```\ry'])(
  'ends its code, whatever git said: %j',
  (said) => {
    const html = String(marked.parse(failureComment('clone', said, texts)));
    expect(html.match(/<code/g)).toHaveLength(1);
    expect(html).toContain('</code>');
    expect(html).toContain('Unable to clone.\n<em>Tip: try again.</em></p>');
  },
);

it('shows as much of what git printed as anybody reads', () => {
  const comment = failureComment('clone', 'fatal: x\n'.repeat(5_000), texts);
  expect([comment.length < 11_000, comment.includes('…\n```\nUnable')]).toEqual([true, true]);
});

it.each([
  ['fatal: early EOF', '```fatal: early EOF```'],
  ['error: a\nerror: b\n\nPlease make sure\n', '```\nerror: a\nerror: b\nPlease make sure\n```'],
  ['Receiving: 1%\rReceiving: 2%\rfatal: c', '```\nReceiving: 1%\nReceiving: 2%\nfatal: c\n```'],
])('keeps all lines that git printed: %j', (said, shown) => {
  expect(failureComment('clone', said, texts)).toBe(`${shown}\nUnable to clone.\n_Tip: try again._`);
});

it.each`
  merged       | text
  ${true}      | ${"PR merged! Moved `['/jobs/2025.01/pr_1/12', '/jobs/2025.01/pr_1/13']` to `/trash/O/merged/2025.01.05`"}
  ${undefined} | ${"PR merged! Moved `['/jobs/2025.01/pr_1/12', '/jobs/2025.01/pr_1/13']` to `/trash/O/merged/2025.01.05`"}
  ${false}     | ${"PR closed! Moved `['/jobs/2025.01/pr_1/12', '/jobs/2025.01/pr_1/13']` to `/trash/O/merged/2025.01.05`"}
`('tells what was moved, merged: $merged', ({ merged, text }) => {
  const links = ['/jobs/2025.01/pr_1/12', '/jobs/2025.01/pr_1/13'];
  expect(movedJobDirs(links, '/trash/O/merged/2025.01.05', merged, texts)).toBe(text);
});

it('tells how many more were moved where there is no room for all', () => {
  const links = Array.from({ length: 4_000 }, (_, index) => `/jobs/2025.01/pr_1/${index}`);
  const comment = movedJobDirs(links, '/trash', true, texts);
  expect(comment.length).toBeLessThanOrEqual(65_536);
  const [, leftOut] = /'\] and (\d+) more` to `\/trash`$/.exec(comment) ?? [];
  expect((comment.match(/pr_1/g) ?? []).length + Number(leftOut)).toBe(4_000);
});

it('tells who may not', () => {
  expect(noBuildPermission('carol', texts)).toBe('`carol` may not build.');
  expect(noDeployPermission('carol', texts)).toBe('`carol` may not deploy.');
  expect(noDeployPermission('carol', texts, true)).toBe(
    '`carol` may not deploy.\n\nSomebody in `deploy_permission` has to take the label off and set it anew; `bot: explain deploy` tells who is.',
  );
});

it('points at the command instead of the label', () => {
  expect(buildLabel('bot-a', dialects['9'])).toBe(
    'Instance `bot-a`: the label `bot:build` is no longer used. To build, post a comment with the line `bot: build for:arch=ARCH`; `bot: show_config` lists what can be built, `bot: help` all commands.',
  );
});

it('a label without effect', () => {
  expect(labelWithoutEffect('mallory', 'bot-a')).toBe(
    'The label `bot:deploy` has no effect on instance `bot-a`: account `mallory`, which set it, is not in `deploy_permission` there. Somebody who is has to take it off and set it anew; `bot: explain deploy` tells who may.',
  );
});
