import { z } from 'zod';
import type { Delivery, Story } from '../../stand-ins/github/github-stand-in.ts';
import { pullRequestNumber, type View } from '../look-at-site.ts';
import { developer, repository, visitor } from '../write-site-files.ts';

const user = z.enum([developer, visitor]);

const outcomes = ['succeeds', 'build takes a minute', 'build fails', 'test fails'] as const;

const requests = {
  '/comment': z.object({ user, text: z.string().trim().min(1, 'Type a comment first, `bot: help` for example.') }),
  '/label': z.object({ user, label: z.literal('bot:deploy'), set: z.boolean() }),
  '/push': z.object({
    user,
    message: z.string().trim().min(1, 'Type a commit message first.'),
    outcome: z.enum(outcomes),
  }),
  '/rerun': z.object({ user, check: z.int() }),
  '/close': z.object({ user }),
  '/reopen': z.object({ user }),
} as const;

type Path = keyof typeof requests;

export const isAction = (path: string): path is Path => Object.hasOwn(requests, path);

/** Does on GitHub what somebody asked for on the page. Undefined: done; else a sentence that says why not. */
export async function carryOutRequest(
  path: Path,
  body: unknown,
  github: Story,
  { pullRequest, commits }: View,
): Promise<string | undefined> {
  const parsed = requests[path].safeParse(body);
  if (!parsed.success) return parsed.error.issues.map(({ message }) => message).join(' ');
  if (pullRequest === undefined) return 'There is no pull request yet: wait until the play has opened it.';
  if (pullRequest.state === 'closed' && path !== '/comment' && path !== '/reopen')
    return 'The pull request is closed: reopen it first.';
  if (pullRequest.state === 'open' && path === '/reopen') return 'The pull request is open already.';
  return explain(await act(path, body, github, { branch: pullRequest.branch, commitCount: commits.length }));
}

async function act(
  path: Path,
  body: unknown,
  github: Story,
  facts: { readonly branch: string; readonly commitCount: number },
): Promise<Delivery | undefined> {
  switch (path) {
    case '/comment': {
      const { user, text } = requests[path].parse(body);
      return github.comment(repository, pullRequestNumber, user, text);
    }
    case '/label': {
      const { user, label, set } = requests[path].parse(body);
      return set
        ? github.setLabel(repository, pullRequestNumber, user, label)
        : github.removeLabel(repository, pullRequestNumber, user, label);
    }
    case '/push': {
      const { user, message, outcome } = requests[path].parse(body);
      const files = { 'easyconfigs/b/bzip2/bzip2-1.0.8.eb': recipe(outcome, facts.commitCount + 1) };
      await github.push(repository, facts.branch, [{ message, files }], user);
      return undefined;
    }
    case '/rerun': {
      const { user, check } = requests[path].parse(body);
      return github.rerequestChecks(repository, check, user);
    }
    case '/close':
      return github.closePullRequest(repository, pullRequestNumber, requests[path].parse(body).user);
    case '/reopen':
      return github.reopenPullRequest(repository, pullRequestNumber, requests[path].parse(body).user);
  }
}

/** The next one replaces it: what fails can be mended. */
function recipe(outcome: (typeof outcomes)[number], commit: number): string {
  const last = outcome === 'succeeds' ? '' : `# ${outcome}\n`;
  return `# as of commit ${commit}\neasyblock = 'ConfigureMake'\nname = 'bzip2'\n${last}`;
}

function explain(delivery: Delivery | undefined): string | undefined {
  if (delivery === undefined || (delivery.status >= 200 && delivery.status < 300)) return undefined;
  const said = delivery.response?.body ?? 'nothing';
  return `It is on GitHub, but the event handler did not take the event: ${delivery.status}, it said ${said}.`;
}
