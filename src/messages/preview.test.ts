import { expect, it } from 'vitest';
import { maxCommentLength } from './comment.ts';
import { md } from './markdown.ts';
import { previewComment, type ToldArtefact, type ToldPreview } from './preview.ts';

const head = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d';
const first: ToldArtefact = {
  job: '12345',
  url: 'https://github.com/A/x/pull/9#issuecomment-7',
  artefact: 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz',
  size: 3_328_599_654,
  sha256: 'c0ffee'.padEnd(64, '0'),
  commit: head,
  to: 'staging/2023.06/eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz',
  isUploaded: true,
};
const older: ToldArtefact = {
  ...{ job: '12344', artefact: 'eessi-2023.06-software-linux-x86_64-amd-zen2-1690000000.tar.gz', isUploaded: false },
  ...{ commit: 'b'.repeat(40), why: md`\`x\` is not the build of its payload that counts` },
};
const failed: ToldArtefact = { job: '12346', isUploaded: false, why: md`it ended with the status \`FAILURE\`` };
const whole: ToldPreview = {
  appName: 'bot-a',
  at: new Date('2026-03-10T12:00:00Z'),
  typed: 'explain deploy',
  isFiltered: false,
  asker: { login: 'alice', mayDeploy: false },
  deployers: ['carol', 'dave'],
  policy: 'once',
  stale: 'upload',
  head,
  rows: [first, older, failed],
};
const preview = (change: Partial<ToldPreview> = {}) => previewComment({ ...whole, ...change });

it('shows each artefact, where it goes, what happens to it and why, and who may set the label', () => {
  expect(preview()).toBe(
    `Instance \`bot-a\` would upload 1 of the 2 artefacts, were the label \`bot:deploy\` set now (Mar 10 12:00:00 UTC 2026). Nothing was uploaded; the next label uploads nothing but this, as it is now.

|artefact|size|SHA-256|commit|job|goes to|what happens|
|----|----|----|----|----|----|----|
|\`eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz\`|3.1 GiB|\`c0ffee000000\`|\`1a2b3c4\`|[\`12345\`](https://github.com/A/x/pull/9#issuecomment-7)|\`staging/2023.06/eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz\`|**would be uploaded**|
|\`eessi-2023.06-software-linux-x86_64-amd-zen2-1690000000.tar.gz\`|||\`bbbbbbb\` _older_|\`12344\`||not uploaded: \`x\` is not the build of its payload that counts|
|_none_|||_unknown_|\`12346\`||not uploaded: it ended with the status \`FAILURE\`|

- who may set the label: \`carol\`, \`dave\` (\`deploy_permission\`); account \`alice\` has NO permission to deploy: the admin of this instance gives it
- \`upload_policy = once\`: of each payload the newest build, and each payload once
- head of the pull request: \`1a2b3c4\`; what was built from another commit is uploaded, too (\`stale_artefacts = upload\`)
- what is marked so here is uploaded only as it is now: with another SHA-256 it is refused until \`bot: explain deploy\` has shown it; the next label, and no later one, uploads nothing else: what is built until then is refused, also where it overtakes what is marked so, unless \`bot: explain deploy\` has shown it before

<details><summary>SHA-256 of what would be uploaded</summary>

- \`c0ffee0000000000000000000000000000000000000000000000000000000000\` eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz

</details>`,
  );
});

it.each([
  [true, true, '**would be uploaded**; by the ledger it was uploaded at Mar 09 12:00:00 UTC 2026'],
  [
    true,
    false,
    '**would be uploaded**; by the ledger another file of this name was uploaded at Mar 09 12:00:00 UTC 2026',
  ],
  [
    false,
    undefined,
    'not uploaded: stale; by the ledger the file of this SHA-256 was uploaded at Mar 09 12:00:00 UTC 2026',
  ],
  [false, true, 'not uploaded: stale; by the ledger it was uploaded at Mar 09 12:00:00 UTC 2026'],
])('what is in the bucket already (to be uploaded: %s, unchanged: %s)', (isUploaded, isSameFile, text) => {
  const uploadedBefore = { at: new Date('2026-03-09T12:00:00Z'), ...(isSameFile !== undefined && { isSameFile }) };
  const row = { ...first, isUploaded, uploadedBefore, ...(isUploaded ? {} : { why: md`stale` }) };
  expect(preview({ policy: 'latest', rows: [row] })).toContain(`|${text}|`);
});

it('says of what would be uploaded that its tests failed', () => {
  const told = preview({
    rows: [
      { ...first, tests: 'FAILURE' },
      { ...older, tests: 'FAILURE' },
    ],
  });
  expect(told).toContain('|**would be uploaded**, though its tests ended with the status `FAILURE`|');
  expect(told.match(/its tests/g)).toHaveLength(1);
});

it('says what filters select, and what that binds', () => {
  const told = preview({ isFiltered: true, typed: 'explain deploy repository:R1', rows: [first] });
  expect(told).toContain('would upload 1 of the 1 artefact that `explain deploy repository:R1` selects, were');
  expect(told).toContain('Nothing was uploaded; a label uploads this only as it is now.\n');
  expect(told).toContain(
    '- what is marked so here is uploaded only as it is now: with another SHA-256 it is refused until `bot: explain deploy` has shown it\n',
  );
});

it('says that a table of which nothing would be uploaded binds the next label, too', () => {
  const told = preview({ rows: [older] });
  expect(told).toContain('2026). Nothing was uploaded.\n');
  const bound =
    '\n- the next label, and no later one, uploads nothing that is built until then, unless `bot: explain deploy` has shown it before';
  expect(told).toContain(bound);
  expect(preview({ rows: [] })).toContain(bound);
  expect(preview({ rows: [older], isFiltered: true })).not.toContain(bound);
});

it('says that there is nothing, and who may set the label all the same', () => {
  expect(
    preview({ rows: [], asker: { login: 'carol', mayDeploy: true }, policy: 'none', stale: 'refuse', deployers: [] }),
  ).toBe(
    `Instance \`bot-a\` has no job of this pull request: the label \`bot:deploy\` would upload nothing; nothing was built yet, or the directories of its jobs were moved away when the pull request was closed.

- who may set the label: nobody (\`deploy_permission\`); account \`carol\` may set it
- \`upload_policy = none\`: nothing
- head of the pull request: \`1a2b3c4\`; what was built from another commit is refused (\`stale_artefacts = refuse\`)`,
  );
});

it('folds a long table below one open sentence, and tells what has no room', () => {
  const sixty = preview({ rows: Array.from({ length: 60 }, () => first) });
  expect(sixty).toMatch(
    /^Instance `bot-a` would upload 60 of the 60 artefacts, .*\n\n<details><summary>All 60 of them, one by one<\/summary>\n\n\|artefact/,
  );
  const many = preview({ rows: Array.from({ length: 2_000 }, () => first) });
  expect(many.length).toBeLessThanOrEqual(maxCommentLength);
  expect(many).toMatch(/… and \d+ more, for which there is no room; filters such as `repo:ID` or `jobid:N` show fewer/);
  expect(many.trim().endsWith('</details>')).toBe(true);
});

it('keeps what a job calls its files in its cell', () => {
  expect(preview({ rows: [{ ...first, artefact: 'a|b`c\n@alice-1.tar' }] })).not.toMatch(/\n@alice|(?<!\\)\|b/);
});
