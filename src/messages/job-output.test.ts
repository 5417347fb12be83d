import { expect, it } from 'vitest';
import { dialects } from '../settings/dialects.ts';
import { belowTable, foldedOutput } from './job-output.ts';

const target = { repositoryId: 'eessi.io-2023.06', nodeType: 'cpu_zen4', architecture: 'x86_64/amd/zen4' };
const job = { id: '7', lines: ['make: *** [a.o] Error 1', '|x| <b> `y` @z & bot'], target, appName: 'my-bot' };

it('shows what a job printed last, and what can be typed next', () => {
  expect(
    belowTable({ ...job, dialect: dialects['9'] }),
  ).toBe(`<details><summary>The last 2 lines of <code>slurm-7.out</code></summary>

<pre>
make: *** [a.o] Error 1
&#124;x&#124; &lt;b&gt; &#96;y&#96; @\u200bz &amp; bot
</pre>

</details>

More of its output: \`bot: log jobid:7\`. To build it again: \`bot: retry inst:^my-bot$ repo:^eessi.io-2023.06$ arch:^x86_64/amd/zen4$ accel:^$\`.`);
});

it.each`
  what                                | more                                                        | text
  ${'an accelerator'}                 | ${{ target: { ...target, accelerator: 'nvidia/cc80' } }}    | ${'To build it again: `bot: retry inst:^my-bot$ repo:^eessi.io-2023.06$ arch:^x86_64/amd/zen4$ accel:^nvidia/cc80$`.'}
  ${'several accelerators'}           | ${{ target: { ...target, accelerator: 'amd/a+nvidia/b' } }} | ${'To build it again: `bot: retry inst:^my-bot$ repo:^eessi.io-2023.06$ arch:^x86_64/amd/zen4$ accel:^amd/a\\+nvidia/b$`.'}
  ${'a test that failed alone'}       | ${{ isGreen: true }}                                        | ${'To build it again: `bot: rebuild inst:^my-bot$ repo:^eessi.io-2023.06$ arch:^x86_64/amd/zen4$ accel:^$`.'}
  ${'an app.cfg without for:'}        | ${{ dialect: dialects['6'] }}                               | ${'To build it again: `bot: retry inst:^my-bot$ repo:^eessi.io-2023.06$ arch:^cpu_zen4$ accel:^$`.'}
  ${'an id that cannot be typed'}     | ${{ target: { ...target, repositoryId: 'a b' } }}           | ${''}
  ${'a record of an earlier version'} | ${{ target: { repositoryId: 'R1' } }}                       | ${''}
  ${'a record without a target'}      | ${{ target: undefined }}                                    | ${''}
`('without output: $what', ({ more, text }) => {
  expect(belowTable({ ...job, dialect: dialects['9'], lines: [], ...more })).toBe(text);
});

it('leaves the first lines out where not all have room', () => {
  const lines = ['a'.repeat(60), '<'.repeat(10), 'last'];
  expect(foldedOutput('7', lines, 50)).toContain('<summary>The last 2 lines of');
  expect(foldedOutput('7', lines, 45)).toContain(
    `<summary>The last line of <code>slurm-7.out</code></summary>\n\n<pre>\nlast\n</pre>`,
  );
});
