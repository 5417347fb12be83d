import { pullRequestCommits } from '../stand-ins/github/target-repository.ts';
import { repository, type Site } from '../test/system/site.ts';
import { build } from './build-command.ts';
import { requestsOf } from './requests-of.ts';

/** A command of so many targets, from the comment to the upload of all: how many requests to GitHub that is for each. */
export async function requestsUntilUploaded(site: Site, count: number): Promise<number> {
  const { github } = site;
  const opened = { branch: `requests-${count}`, user: 'dave', commits: pullRequestCommits };
  const number = await github.openPullRequest(repository, opened);
  const { comments } = await build(site, number, count);
  const show = (row: string) =>
    github.waitFor(
      `the row ${row} of ${count} jobs`,
      () =>
        comments.every(({ id }) =>
          github.comments(repository, number).some((now) => now.id === id && now.body.includes(`|${row}|`)),
        ),
      180,
    );
  await show('test result');
  await github.setLabel(repository, number, 'carol', 'bot:deploy');
  await show('uploaded');
  return requestsOf(site, number) / count;
}
