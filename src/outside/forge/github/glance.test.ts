import { expect, it } from 'vitest';
import { glance } from './glance.ts';

const at = '2026-03-10T12:00:00Z';
const happenedAt = Date.parse(at);

it.each<[what: string, event: string, payload: object, seen: object]>([
  ['nothing', 'ping', {}, {}],
  ['its action', 'star', { action: 'deleted' }, { action: 'deleted' }],
  ['an action that is no text', 'star', { action: 7 }, {}],
  ['where the App is installed', 'ping', { installation: { id: 7 } }, { installation: 7 }],
  ['an installation without a number', 'ping', { installation: { id: '7' } }, {}],
  ['no installation', 'ping', { installation: null }, {}],
  ...['created', 'edited'].map((action): [string, string, object, object] => [
    `a comment that was ${action}`,
    'issue_comment',
    { action, comment: { id: 5, created_at: at } },
    action === 'created' ? { action, happenedAt, newComment: 5 } : { action },
  ]),
  ['a comment elsewhere', 'commit_comment', { action: 'created', comment: { id: 5 } }, { action: 'created' }],
  ['one whose id is a path', 'issue_comment', { action: 'created', comment: { id: '../x' } }, { action: 'created' }],
  ['one that is none', 'issue_comment', { action: 'created', comment: null }, { action: 'created' }],
  ['a pull request', 'pull_request', { pull_request: { updated_at: at } }, { happenedAt }],
  ['a time that is none', 'pull_request', { pull_request: { updated_at: 'now' } }, {}],
])('sees %s', (_what, event, payload, seen) => {
  expect(glance(event, payload)).toEqual(seen);
});
