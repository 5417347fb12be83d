import { expect, it } from 'vitest';
import { routeDelivery } from './route.ts';

const sender = { login: 'alice', type: 'User' };
const repository = { name: 'R', owner: { login: 'O' } };
const pullRequest = {
  number: 9,
  updated_at: '2025-01-05T03:04:05Z',
  base: { ref: 'main' },
  head: { sha: 'a'.repeat(40) },
};

it.each`
  event                       | payload                                      | route
  ${'star'}                   | ${{ action: 'created', repository, sender }} | ${{ kind: 'ignored', why: 'nothing handles the event star' }}
  ${'installation'}           | ${{ action: 'created', sender }}             | ${{ kind: 'ignored', why: 'nothing handles the event installation' }}
  ${'pull_request opened'}    | ${{}}                                        | ${{ kind: 'pull-request', what: 'opened' }}
  ${'pull_request closed'}    | ${{}}                                        | ${{ kind: 'pull-request', what: 'closed' }}
  ${'pull_request labeled'}   | ${{ label: { name: 'bot:deploy' } }}         | ${{ kind: 'pull-request', what: 'deploy-label' }}
  ${'pull_request labeled'}   | ${{ label: { name: 'bot:build' } }}          | ${{ kind: 'pull-request', what: 'build-label' }}
  ${'pull_request labeled'}   | ${{ label: { name: 'bug' } }}                | ${{ kind: 'pull-request', what: 'changed' }}
  ${'pull_request unlabeled'} | ${{ label: { name: 'bot:deploy' } }}         | ${{ kind: 'pull-request', what: 'changed' }}
`('$event $payload.label.name: $route.kind $route.what', ({ event, payload, route }) => {
  const [name = '', action] = event.split(' ');
  const body = action === undefined ? payload : { action, repository, sender, pull_request: pullRequest, ...payload };
  expect(routeDelivery(name, body)).toMatchObject(route);
});

it.each(['..', 'a/b', '', 'x'.repeat(101)])('takes nothing from a repository called %j', (name) => {
  const body = { action: 'opened', repository: { ...repository, name }, sender, pull_request: pullRequest };
  expect(() => routeDelivery('pull_request', body)).toThrow();
});
