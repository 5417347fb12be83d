import { setTimeout as pause } from 'node:timers/promises';
import type { Story } from '../stand-ins/github/github-stand-in.ts';
import { pullRequestCommits } from '../stand-ins/github/target-repository.ts';
import { type JobProgress, readJobProgress, type StepName } from './job-progress.ts';
import { pullRequestNumber, type View } from './look-at-site.ts';
import type { Watch } from './watch-site.ts';
import { bucket, developer, repository, repositoryId } from './write-site-files.ts';

interface Step {
  readonly headline: string;
  /** What a person does. */
  readonly act?: (github: Story) => Promise<unknown>;
  /** What has to follow, in the order in which it does. */
  readonly expect: readonly Expectation[];
}

type Expectation = readonly [what: string, isThere: (view: View) => boolean];

const command = `bot: build repo:${repositoryId} for:arch=x86_64/amd/zen2+x86_64/amd/zen4`;
const targets = ['x86_64/amd/zen2', 'x86_64/amd/zen4'];
/** So that one can read before the next thing happens. */
const readingMilliseconds = 2_500;

const byBot = ({ author }: { readonly author: string }) => author.endsWith('[bot]');

const steps: readonly Step[] = [
  {
    headline: 'A pull request is opened. The bot says what it can build.',
    act: (github) =>
      github.openPullRequest(repository, {
        branch: 'zlib-1.3.1',
        user: developer,
        title: 'Update zlib to 1.3.1',
        commits: pullRequestCommits,
        number: pullRequestNumber,
      }),
    expect: [
      ['the pull request', ({ pullRequest }) => pullRequest?.state === 'open'],
      ['the bot’s comment that says what it builds', ({ comments }) => comments.some(byBot)],
    ],
  },
  {
    headline: 'A developer asks for a build, for two kinds of CPU.',
    act: (github) => github.comment(repository, pullRequestNumber, developer, command),
    expect: [
      [
        'the bot’s reaction to the comment',
        ({ comments }) => comments.some(({ body, reactions }) => body === command && reactions.length > 0),
      ],
      ['a comment for each of the two jobs', (view) => jobs(view).length === targets.length],
    ],
  },
  {
    headline: 'The job manager looks at the queue, releases the jobs, and tells how they go.',
    expect: [
      ['a row “released” for each job', each('released')],
      ['a row “running” for each job', each('running')],
      ['a row “finished” for each job, with success', each('finished')],
      ['a row “test result” for each job, with success', each('tested')],
    ],
  },
  {
    headline: 'The developer is content and sets the label bot:deploy. The job manager uploads what was built.',
    act: (github) => github.setLabel(repository, pullRequestNumber, developer, 'bot:deploy'),
    expect: [
      [`both artefacts and their metadata in the bucket ${bucket}`, bothAreStored],
      ['a row “uploaded” for each job', each('uploaded')],
    ],
  },
];

/** Plays a pull request's life and waits for each thing that has to happen; rejects naming the first that does not. */
export async function play(
  github: Story,
  watch: Pick<Watch, 'waitFor'>,
  tell: (headline: string) => void,
): Promise<void> {
  for (const [index, { headline, act, expect }] of steps.entries()) {
    if (act !== undefined && index > 0) await pause(readingMilliseconds);
    tell(headline);
    await act?.(github);
    for (const [what, isThere] of expect) await watch.waitFor(what, isThere);
  }
}

function jobs({ comments }: View): JobProgress[] {
  return readJobProgress(comments).slice(0, targets.length);
}

function each(name: StepName): (view: View) => boolean {
  return (view) =>
    jobs(view).length === targets.length &&
    jobs(view).every(({ steps }) => steps.some((step) => step.name === name && step.state === 'done'));
}

function bothAreStored({ objects }: View): boolean {
  return targets.every((target) =>
    ['.tar.gz', '.tar.gz.meta.txt'].every((extension) =>
      objects.some(({ key }) => key.includes(target.replaceAll('/', '-')) && key.endsWith(extension)),
    ),
  );
}
