import { readJobProgress, stepNames } from '../job-progress.ts';
import type { View } from '../look-at-site.ts';
import type { Telling } from '../storyteller.ts';
import { bucket, developer, repository, visitor } from '../write-site-files.ts';
import { renderMarkdown } from './render-markdown.ts';

/** What `/state.json` and `/events` send: everything that the page shows. */
export function pageState(view: View, told: readonly Telling[], serverUrl: string) {
  const { pullRequest, commits, checks, queue, objects } = view;
  return {
    repository,
    bucket,
    users: [
      { login: developer, may: 'may do everything' },
      { login: visitor, may: 'may do nothing' },
    ],
    pullRequest,
    commits: commits.map((commit) => ({
      ...commit,
      checks: newestOf(checks.filter(({ sha }) => sha === commit.sha)).map(
        ({ id, name, status, conclusion, title, ...texts }) => ({
          ...{ id, name, status, conclusion, title },
          html: renderMarkdown([texts.summary, texts.text].join('\n\n'), serverUrl),
          comment: /#issuecomment-(\d+)$/.exec(texts.detailsUrl ?? '')?.[1],
        }),
      ),
    })),
    comments: view.comments.map((comment) => ({
      id: comment.id,
      author: comment.author,
      isBot: comment.author.endsWith('[bot]'),
      createdAt: comment.createdAt,
      isEdited: comment.updatedAt > comment.createdAt,
      html: renderMarkdown(comment.body, serverUrl),
      reactions: comment.reactions,
    })),
    jobs: readJobProgress(view.comments).map(({ rows: _rows, ...job }) => job),
    steps: stepNames,
    queue,
    objects,
    told,
  };
}

/** Of several checks of one name GitHub shows the newest. */
const newestOf = (checks: View['checks']) => [...new Map(checks.map((check) => [check.name, check])).values()];
