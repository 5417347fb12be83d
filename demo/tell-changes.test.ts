import { expect, it } from 'vitest';
import { emptyView, type View } from './look-at-site.ts';
import { tellChanges } from './tell-changes.ts';

const pullRequest = {
  repository: 'EESSI/software-layer',
  number: 1,
  title: 'Update zlib',
  author: 'alice',
  state: 'open',
  merged: false,
  branch: 'zlib',
  base: 'main',
  headSha: 'a',
  labels: [],
} as const;
const opened: View = { ...emptyView, pullRequest, commits: [{ sha: 'a', author: 'alice', message: 'Update' }] };
const comment = {
  id: 1,
  repository: 'EESSI/software-layer',
  number: 1,
  author: 'alice',
  body: 'bot: help',
  createdAt: new Date(0),
  updatedAt: new Date(0),
  reactions: [],
};
const job = {
  ...comment,
  author: 'demo-bot[bot]',
  body: 'New job on instance `demo`\nBuilding for: `zen2`\n|date|submitted|job id `7` awaits|',
};
const released = { ...job, body: `${job.body}\n|date|released|x|` };
const inQueue = { id: '7', state: 'PENDING', reason: 'JobHeldUser', workDir: '/' };
const finished = { ...job, body: `${job.body}\n|date|running|x|\n|date|finished|<details>:grin: SUCCESS</details>|` };

it.each<[string, View, View, string[]]>([
  ['nothing new', opened, opened, []],
  ['opened', emptyView, opened, ['alice opens pull request #1, “Update zlib”, from zlib to main, commits: 1.']],
  [
    'pushed',
    opened,
    { ...opened, commits: [...opened.commits, { sha: 'b', author: 'alice', message: 'Add bzip2' }] },
    ['alice pushes “Add bzip2”.'],
  ],
  [
    'labelled',
    opened,
    { ...opened, pullRequest: { ...pullRequest, labels: ['bot:deploy'] } },
    ['The label bot:deploy is set.'],
  ],
  ['closed', opened, { ...opened, pullRequest: { ...pullRequest, state: 'closed' } }, ['The pull request is closed.']],
  ['a comment', opened, { ...opened, comments: [comment] }, ['alice comments: bot: help']],
  [
    'a reaction',
    { ...opened, comments: [comment] },
    { ...opened, comments: [{ ...comment, reactions: [{ content: 'eyes', user: 'demo-bot[bot]' }] }] },
    ['The bot reacts to it with “eyes”.'],
  ],
  [
    'a new job',
    opened,
    { ...opened, comments: [job] },
    [
      'The bot opens a comment for job 7, which builds for zen2.',
      'Job 7 is submitted and held until the job manager knows it.',
    ],
  ],
  [
    'new rows',
    { ...opened, comments: [job] },
    { ...opened, comments: [finished] },
    ['Job 7 runs.', 'Job 7 has finished: SUCCESS.'],
  ],
  ['the queue', opened, { ...opened, queue: [inQueue] }, ['Slurm’s queue: job 7 is PENDING (JobHeldUser).']],
  [
    'a job that runs before its comment tells that it was released',
    { ...opened, comments: [job] },
    { ...opened, comments: [job], queue: [{ ...inQueue, state: 'RUNNING' }] },
    [],
  ],
  [
    'it was released',
    { ...opened, comments: [job], queue: [{ ...inQueue, state: 'RUNNING' }] },
    { ...opened, comments: [released], queue: [{ ...inQueue, state: 'COMPLETED' }] },
    ['The job manager releases job 7: Slurm may start it.', 'Slurm’s queue: job 7 is COMPLETED.'],
  ],
  [
    'an object',
    opened,
    { ...opened, objects: [{ key: 'new/a.tar.gz', bytes: 3 }] },
    ['In the bucket: a.tar.gz (3 bytes).'],
  ],
])('%s', (_, before, after, told) => {
  expect(tellChanges(before, after)).toEqual(told);
});
