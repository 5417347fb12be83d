import { expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { routeDelivery } from './route.ts';

const routeOf = (event: string, payload: object) =>
  routeDelivery({ event, body: JSON.stringify(payload) }, gitHubWebhooks);

const sha = 'c'.repeat(40);
const repository = { name: 'R', owner: { login: 'O' }, clone_url: 'ext::sh -c id', full_name: 'evil/evil' };
const labelled = {
  action: 'labeled',
  label: { name: 'bot:deploy' },
  repository,
  sender: { login: 'carol' },
  pull_request: { number: 9, updated_at: '2026-03-10T12:00:00Z', base: { ref: 'main' }, head: { sha } },
};
const created = {
  action: 'created',
  repository,
  sender: { login: 'alice', type: 'User' },
  issue: { number: 9, pull_request: {} },
  comment: { id: 7, body: 'bot: help', created_at: '2026-03-10T12:00:00Z' },
};

it.each`
  event                            | payload                                                               | what
  ${'pull_request'}                | ${labelled}                                                           | ${'deploy-label'}
  ${'pull_request'}                | ${{ ...labelled, action: 'unlabeled' }}                               | ${'deploy-label-removed'}
  ${'pull_request'}                | ${{ ...labelled, action: 'unlabeled', label: { name: 'bot:build' } }} | ${'changed'}
  ${'pull_request'}                | ${{ ...labelled, label: { name: 'Bot:deploy' } }}                     | ${'changed'}
  ${'pull_request'}                | ${{ ...labelled, label: { name: 'bot:deployed' } }}                   | ${'changed'}
  ${'pull_request'}                | ${{ ...labelled, label: { name: ' bot:deploy' } }}                    | ${'changed'}
  ${'pull_request_review'}         | ${{ ...labelled, review: { body: 'bot: build' } }}                    | ${'ignored'}
  ${'pull_request_review_comment'} | ${created}                                                            | ${'ignored'}
  ${'commit_comment'}              | ${created}                                                            | ${'ignored'}
  ${'issue_comment'}               | ${created}                                                            | ${'comment'}
`('$event is $what', ({ event, payload, what }) => {
  const route = routeOf(event, payload);
  expect(route.kind === 'pull-request' ? route.what : route.kind).toBe(what);
});

it.each`
  labelsAdded                    | labelsRemoved     | what
  ${['x', 'bot:deploy']}         | ${['bot:build']}  | ${'deploy-label'}
  ${['bot:build', 'bot:deploy']} | ${[]}             | ${'deploy-label'}
  ${['bot:build']}               | ${['bot:deploy']} | ${'deploy-label-removed'}
  ${['x', 'bot:build']}          | ${['y']}          | ${'build-label'}
  ${['x']}                       | ${['y']}          | ${'changed'}
`(
  'of a forge that tells of $labelsAdded and $labelsRemoved at once it is $what',
  ({ labelsAdded, labelsRemoved, what }) => {
    const event = gitHubWebhooks.readEvent('pull_request', labelled);
    const readEvent = () => ({ ...event, labelsAdded, labelsRemoved }) as typeof event;
    expect(routeDelivery({ event: 'x', body: '{}' }, { ...gitHubWebhooks, readEvent })).toMatchObject({ what });
  },
);

it.each`
  action       | merged       | told
  ${'closed'}  | ${true}      | ${true}
  ${'closed'}  | ${false}     | ${false}
  ${'closed'}  | ${undefined} | ${undefined}
  ${'labeled'} | ${false}     | ${undefined}
`('$action, merged: $merged is told as $told', ({ action, merged, told }) => {
  const payload = { ...labelled, action, pull_request: { ...labelled.pull_request, merged } };
  expect(routeOf('pull_request', payload)).toHaveProperty('kind', 'pull-request');
  expect((routeOf('pull_request', payload) as { merged?: boolean }).merged).toBe(told);
});

it('addresses come from owner and name alone, whatever else a payload says', () => {
  expect(routeOf('issue_comment', created)).toMatchObject({ repository: { owner: 'O', name: 'R' } });
  expect(JSON.stringify(routeOf('pull_request', labelled))).not.toMatch(/ext::|evil/);
});

it.each`
  what                             | change
  ${'a way up as name'}            | ${{ repository: { ...repository, name: '..' } }}
  ${'a path as name'}              | ${{ repository: { ...repository, name: '../../x' } }}
  ${'a path as owner'}             | ${{ repository: { ...repository, owner: { login: 'a/b' } } }}
  ${'a dot in an owner'}           | ${{ repository: { ...repository, owner: { login: 'a.b' } } }}
  ${'an option as owner, spaced'}  | ${{ repository: { ...repository, owner: { login: '--x y' } } }}
  ${'a line end in a name'}        | ${{ repository: { ...repository, name: 'R\n' } }}
  ${'no name'}                     | ${{ repository: { ...repository, name: '' } }}
  ${'a name of 101 characters'}    | ${{ repository: { ...repository, name: 'x'.repeat(101) } }}
  ${'no repository'}               | ${{ repository: undefined }}
  ${'a number that is a path'}     | ${{ pull_request: { ...labelled.pull_request, number: '../9' } }}
  ${'a negative number'}           | ${{ pull_request: { ...labelled.pull_request, number: -9 } }}
  ${'a commit that is an option'}  | ${{ pull_request: { ...labelled.pull_request, head: { sha: '--output=x' } } }}
  ${'a former head that is a ref'} | ${{ before: 'refs/heads/main' }}
`('refuses $what', ({ change }) => {
  expect(() => routeOf('pull_request', { ...labelled, ...change })).toThrow();
});

it.each`
  via                                      | app
  ${{ id: 12, slug: 'helper', name: 'H' }} | ${'helper'}
  ${{ id: 12 }}                            | ${'12'}
  ${null}                                  | ${undefined}
  ${undefined}                             | ${undefined}
`('a comment performed via $via came through the App $app', ({ via, app }) => {
  const payload = { ...created, comment: { ...created.comment, performed_via_github_app: via } };
  const route = routeOf('issue_comment', payload);
  expect(route.kind === 'comment' && route.viaApp).toBe(app);
});

it.each`
  sender                                   | isBot
  ${{ login: 'alice', type: 'User' }}      | ${false}
  ${{ login: 'alice' }}                    | ${false}
  ${{ login: 'a-bot', type: 'Bot' }}       | ${true}
  ${{ login: 'a-bot[bot]' }}               | ${true}
  ${{ login: 'A-Bot[Bot]', type: 'User' }} | ${true}
`('a comment of $sender is by a bot: $isBot', ({ sender, isBot }) => {
  expect(routeOf('issue_comment', { ...created, sender })).toMatchObject({ senderIsBot: isBot });
});

const identity = `9-${'a'.repeat(32)}`;
const run = { head_sha: sha, app: { id: 5 }, name: 'bot-a: R', external_id: identity };
const rerequested = {
  action: 'rerequested',
  repository,
  sender: { login: 'alice', id: 3, type: 'User' },
  check_run: run,
};
const route = { kind: 'rerequested', commit: sha, appId: 5, sender: 'alice', senderId: 3, senderIsBot: false };
const { check_run: _, ...ofSuite } = rerequested;

it.each`
  what                               | event            | payload                                                              | routed
  ${'the button of a check'}         | ${'check_run'}   | ${rerequested}                                                       | ${{ ...route, pullRequest: 9, check: { identity, name: 'bot-a: R' } }}
  ${'that of all checks'}            | ${'check_suite'} | ${{ ...ofSuite, check_suite: { head_sha: sha, app: { id: 5 } } }}    | ${route}
  ${'that of a check of other make'} | ${'check_run'}   | ${{ ...rerequested, check_run: { ...run, external_id: 'build-7' } }} | ${{ kind: 'ignored' }}
  ${'that of one without identity'}  | ${'check_run'}   | ${{ ...rerequested, check_run: { ...run, external_id: null } }}      | ${{ kind: 'ignored' }}
  ${'a check that ended, whosever'}  | ${'check_run'}   | ${{ action: 'completed', check_run: 7 }}                             | ${{ kind: 'ignored' }}
  ${'a suite that a push has made'}  | ${'check_suite'} | ${{ action: 'requested' }}                                           | ${{ kind: 'ignored' }}
`('$what', ({ event, payload, routed }) => {
  expect(routeOf(event, payload)).toMatchObject(routed);
});
