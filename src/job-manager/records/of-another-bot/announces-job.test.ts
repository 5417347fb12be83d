import { expect, it } from 'vitest';
import { announcesJob } from './announces-job.ts';

const told = (text: string, head = 'New job') =>
  `${head}\n|date|job status|comment|\n|---|---|---|\n|Jan 05 03:04:05 UTC 2025|submitted|${text}|`;

it.each`
  what                                         | comment                                                   | announces
  ${'the usual row'}                           | ${told('job id `7` awaits release by job manager')}       | ${true}
  ${'the row of 0.6, without code'}            | ${told('job id 7 awaits release by job manager')}         | ${true}
  ${'the row in the words of a site'}          | ${told('Auftrag `7` wartet')}                             | ${true}
  ${'a row with line ends of GitHub'}          | ${told('job id `7` awaits').replaceAll('\n', '\r\n')}     | ${true}
  ${'a row without id, and the link above it'} | ${told('waits', 'Job dir: `/jobs/2025.01/pr_9/7`')}       | ${true}
  ${'a commit of digits alone in the row'}     | ${told('waits, builds commit `1234567`', '/jobs/pr_9/7')} | ${true}
  ${'the link of another pull request'}        | ${told('waits', 'Job dir: `/jobs/2025.01/pr_90/7`')}      | ${false}
  ${'the link of a job that begins so'}        | ${told('waits', 'Job dir: `/jobs/2025.01/pr_9/77`')}      | ${false}
  ${'a directory beneath such a link'}         | ${told('waits', 'Job dir: `/jobs/2025.01/pr_9/7/x`')}     | ${false}
  ${'the row of another job'}                  | ${told('job id `77` awaits release by job manager')}      | ${false}
  ${'the row of another job, and the link'}    | ${told('job id `8` awaits', '/jobs/2025.01/pr_9/7')}      | ${false}
  ${'the id in a later row alone'}             | ${`${told('job id `8` awaits')}\n|x|submitted|\`7\`|`}    | ${false}
  ${'the text of the row in a status'}         | ${'|a|b|R1|job id `7` awaits|Jan 05|submitted|u|'}        | ${false}
  ${'no table'}                                | ${'job id `7` awaits release'}                            | ${false}
`('a comment with $what announces job 7 of #9: $announces', ({ comment, announces }) => {
  expect(announcesJob(comment, '7', 9)).toBe(announces);
});
