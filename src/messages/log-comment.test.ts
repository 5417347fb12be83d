import { expect, it } from 'vitest';
import { maxCommentLength } from './comment.ts';
import { logComment } from './log-comment.ts';

it('shows what each job has printed, and how far it is', () => {
  expect(
    logComment('my-bot', [
      { id: '7', phase: 'running', output: { kind: 'lines', lines: ['configure', 'bot: build'] } },
      { id: '8', phase: 'finished', output: { kind: 'lines', lines: [] } },
      { id: '9', phase: 'submitted', output: { kind: 'missing' } },
      { id: '10', phase: 'released', output: { kind: 'missing' } },
      { id: '11', phase: 'finished', output: { kind: 'missing' } },
      { id: '12', phase: 'unknown', output: { kind: 'unusable', why: 'cannot be read: permission denied' } },
    ]),
  ).toBe(`Job \`7\` of instance \`my-bot\` is running.

<details><summary>The last 2 lines of <code>slurm-7.out</code></summary>

<pre>
configure
\u200bbot: build
</pre>

</details>

Job \`8\` of instance \`my-bot\` has ended. It has printed nothing.

Job \`9\` of instance \`my-bot\` waits. It has printed nothing yet.

Job \`10\` of instance \`my-bot\` waits for Slurm to start it. It has printed nothing yet.

Job \`11\` of instance \`my-bot\` has ended. There is no \`slurm-11.out\` in its directory: the site may have another name for it, or it was removed.

Job \`12\` of instance \`my-bot\` is not followed by this bot yet. Its output cannot be shown: \`slurm-12.out\` cannot be read: permission denied.`);
});

it.each([1, 5])('is whole, and no longer than GitHub takes, with %i jobs of many lines', (count) => {
  const lines = Array.from({ length: 500 }, () => '|'.repeat(500));
  const told = Array.from({ length: count }, (_, at) => ({
    ...{ id: String(at), phase: 'running', output: { kind: 'lines', lines } },
  })) as Parameters<typeof logComment>[1];
  const comment = logComment('my-bot', told);
  expect(comment.length).toBeLessThan(maxCommentLength);
  expect(comment.match(/<\/details>/g)).toHaveLength(count);
});
