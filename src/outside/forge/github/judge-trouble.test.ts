import { expect, it } from 'vitest';
import { NeedsAdmin, NotPermitted, PerhapsGone, TryAgainLater } from '../forge.ts';
import { judgeTrouble } from './judge-trouble.ts';

const cause = { cause: undefined };

it.each<[what: string, method: string, error: Error, told: string | undefined]>([
  ['says once what to do', 'createComment', new NeedsAdmin('IP allow list; ask', cause), 'IP allow list; ask'],
  [
    'says what to look at where nobody said it yet',
    'createComment',
    new TryAgainLater('getaddrinfo EAI_AGAIN', cause),
    "getaddrinfo EAI_AGAIN; the name does not resolve: look at GITHUB_API_URL, the machine's DNS, or HTTPS_PROXY",
  ],
  [
    'names the permission that is missing',
    'setCommitStatus',
    new NotPermitted('Resource not accessible by integration; the App needs the permission', cause),
    'Resource not accessible by integration; the App needs the permission: Commit statuses, read and write; the bot tries it again each hour, and when it is started',
  ],
  ['says nothing of a comment that is not shown', 'updateComment', new PerhapsGone('404', cause), undefined],
  ['says nothing of a delivery that GitHub has no more', 'readDelivery', new PerhapsGone('404', cause), undefined],
  ['tells that the list itself is not shown', 'listDeliveries', new PerhapsGone('404', cause), '404'],
])('%s', (_what, method, error, told) => {
  expect(judgeTrouble({ method, kind: 'failed', error })?.words).toBe(told);
});

it.each(['createCheck', 'updateCheck', 'findCheck'])('%s is of a kind of its own: the others may work', (method) => {
  const error = new NotPermitted('403', cause);
  expect(judgeTrouble({ method, kind: 'failed', error })?.kind).toBe('checks');
  expect(judgeTrouble({ method, kind: 'answered', answer: undefined })).toEqual({ kind: 'checks' });
});
