import { readJobProgress, stepNames } from '../job-progress.ts';
import type { View } from '../look-at-site.ts';
import type { Telling } from '../storyteller.ts';
import { bucket, developer, repository, visitor } from '../write-site-files.ts';
import { renderMarkdown } from './render-markdown.ts';

/** What `/state.json` and `/events` send: everything that the page shows. */
export function pageState(view: View, told: readonly Telling[], serverUrl: string) {
  const { pullRequest, commits, queue, objects } = view;
  return {
    repository,
    bucket,
    users: [
      { login: developer, may: 'may do everything' },
      { login: visitor, may: 'may do nothing' },
    ],
    pullRequest,
    commits,
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
