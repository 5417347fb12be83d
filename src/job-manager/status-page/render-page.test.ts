import { describe, expect, it } from 'vitest';
import type { PageFacts, PageJob } from './page-facts.ts';
import { renderPage } from './render-page.ts';

const job: PageJob = {
  job: { text: '7', url: 'https://github.com/O/R/pull/9#issuecomment-70' },
  pullRequest: { text: 'O/R#9', url: 'https://github.com/O/R/pull/9' },
  target: 'x86_64/amd/zen4, nvidia/cc80',
  repository: 'eessi.io-2023.06',
  state: 'running',
  result: '',
  since: '2026-03-10T12:00:00.000Z',
};
const facts: PageFacts = {
  instance: 'my-bot',
  jobs: [job],
  daemons: [
    { kind: 'job manager', state: 'runs' },
    { kind: 'event handler', state: 'runs', since: '2026-03-10T09:00:00.000Z' },
  ],
  waiting: { deliveries: 1, orders: 2 },
  setAside: 0,
  troubles: [],
  ledgerBytes: 0,
  endedJobs: [{ ...job, job: { text: '6' }, state: 'finished', result: 'FAILURE' }],
  deployments: [
    {
      at: '2026-03-10T11:00:00.000Z',
      artefact: 'eessi-1.tar.gz',
      pullRequest: job.pullRequest,
      job: '6',
      by: 'alice',
      outcome: 'uploaded',
      commit: 'abcdef0',
    },
  ],
};
const at = new Date('2026-03-10T12:01:00Z');
const render = (changes: Partial<PageFacts> = {}) => renderPage({ ...facts, ...changes }, at);
/** What one reads, without marks. */
const read = (page: string) =>
  page
    .replace(/^[\s\S]*<body>|<script>[\s\S]*/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('the status page', () => {
  it('tells queue, ended jobs and deployments', () => {
    expect(read(render())).toBe(
      [
        'my-bot As of 2026-03-10 12:01 UTC',
        'This page is minutes old: the job manager does not run, or cannot write it.',
        'The job manager runs. The event handler runs since 2026-03-10 09:00 UTC .',
        'Deliveries that wait: 1; orders that wait: 2. Nothing goes wrong.',
        'Jobs in the queue Job Pull request For Repository State Result Since',
        '7 O/R#9 x86_64/amd/zen4, nvidia/cc80 eessi.io-2023.06 running 2026-03-10 12:00 UTC',
        'Jobs that have ended Job Pull request For Repository State Result Since',
        '6 O/R#9 x86_64/amd/zen4, nvidia/cc80 eessi.io-2023.06 finished FAILURE 2026-03-10 12:00 UTC',
        'Deployments Artefact Outcome Pull request Job Commit By At',
        'eessi-1.tar.gz uploaded O/R#9 6 abcdef0 alice 2026-03-10 11:00 UTC',
      ].join(' '),
    );
  });

  it('says so where there is nothing', () => {
    const page = read(render({ jobs: [], endedJobs: [], deployments: [] }));
    expect(page).toMatch(/queue No job waits or runs\. .* ended None has ended yet\. Deployments None yet\.$/);
  });

  it.each([
    {
      what: 'a trouble',
      changes: { troubles: ['job manager: uploads fail'] },
      says: 'Trouble job manager: uploads fail',
    },
    { what: 'what was set aside', changes: { setAside: 2 }, says: '2 set aside: the admin finds the reasons' },
    {
      what: 'a daemon that died',
      changes: { daemons: [{ kind: 'event handler', state: 'died', since: '2026-03-10T09:00:00.000Z' }] },
      says: 'The event handler died since 2026-03-10 09:00 UTC',
    },
  ])('tells $what, in its title too', ({ changes, says }) => {
    const page = render(changes);
    expect(page).toContain('<title>⚠ my-bot');
    expect(read(page)).toContain(says);
    expect(page).not.toContain('Nothing goes wrong');
  });

  it('links to the comment of a job and to pull requests, and to nothing but web servers', () => {
    const page = render({
      jobs: [{ ...job, pullRequest: { text: 'O/R#9', url: 'javascript:alert(1)' } }],
      endedJobs: [],
      deployments: [],
    });
    expect(Array.from(page.matchAll(/href="([^"]*)"/g), ([, url]) => url)).toEqual([
      'https://github.com/O/R/pull/9#issuecomment-70',
    ]);
  });

  it('shows HTML of others as text', () => {
    const page = render({ jobs: [{ ...job, result: '<img src=x onerror=alert(1)>' }] });
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });
});
