import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '@octokit/app';
import { Octokit } from '@octokit/rest';
import { Webhooks } from '@octokit/webhooks';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitEnvironment } from '../git-environment.ts';
import type { GitHubStandIn } from './github-stand-in.ts';
import { startGitHub } from './start-github.ts';

const repository = 'EESSI/software-layer';
const place = { owner: 'EESSI', repo: 'software-layer' };
const secret = 'a webhook secret';
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let directory: string;
let github: GitHubStandIn;
let listener: Server;
let received: { headers: Record<string, unknown>; body: string }[];
let answerStatus: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'github-'));
  received = [];
  answerStatus = 202;
  listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(answerStatus).end('noted');
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
  github = await startGitHub({
    directory: join(directory, 'github'),
    webhookSecret: secret,
    app: { id: 7, slug: 'build-bot', installationId: 8 },
    webhookUrl: () => (listener.listening ? url : undefined),
  });
  await github.createRepository({ name: repository, files: { 'README.md': 'Software\n' } });
});

afterEach(async () => {
  listener.close();
  listener.closeAllConnections();
  await github.close().finally(() => rm(directory, { recursive: true }));
});

function makeApp(): App {
  const options = { baseUrl: github.apiUrl, log: silent };
  return new App({ appId: 7, privateKey: github.privateKeyPem, Octokit: Octokit.defaults(options) });
}

function makeClient(): Promise<Octokit> {
  return makeApp().getInstallationOctokit(8) as unknown as Promise<Octokit>;
}

function openPullRequest(): Promise<number> {
  const commits = [{ message: 'Add zlib', files: { 'easystacks/zlib.yml': 'easyconfigs:\n  - zlib\n' } }];
  return github.openPullRequest(repository, { branch: 'zlib', user: 'alice', commits });
}

describe('the API', () => {
  it('gives a token to the App and lets it create, change and read comments', async () => {
    const number = await openPullRequest();
    const client = await makeClient();
    const created = await client.rest.issues.createComment({ ...place, issue_number: number, body: 'New job' });
    expect(created.data).toMatchObject({ body: 'New job', user: { login: 'build-bot[bot]', type: 'Bot' } });
    await client.rest.issues.updateComment({ ...place, comment_id: created.data.id, body: 'New job\n|row|' });
    const read = await client.rest.issues.getComment({ ...place, comment_id: created.data.id });
    expect(read.data.body).toBe('New job\n|row|');
    expect(github.comments(repository, number)).toMatchObject([{ author: 'build-bot[bot]', body: 'New job\n|row|' }]);
    expect(github.requests.map(({ operationId, status }) => `${operationId} ${status}`)).toEqual([
      'apps/create-installation-access-token 201',
      'issues/create-comment 201',
      'issues/update-comment 200',
      'issues/get-comment 200',
    ]);
  });

  it('pages over 350 comments', async () => {
    const number = await openPullRequest();
    for (let count = 0; count < 350; count += 1) await github.comment(repository, number, 'alice', `comment ${count}`);
    const client = await makeClient();
    const all = await client.paginate(client.rest.issues.listComments, {
      ...place,
      issue_number: number,
      per_page: 100,
    });
    expect(all.map(({ body }) => body)).toEqual(Array.from({ length: 350 }, (_, count) => `comment ${count}`));
    expect(github.requests.filter(({ operationId }) => operationId === 'issues/list-comments')).toHaveLength(4);
    const app = makeApp();
    const deliveries = await app.octokit.request('GET /app/hook/deliveries', { per_page: 100 });
    expect(deliveries.data).toHaveLength(100);
    expect(deliveries.headers.link).toMatch(/cursor=v1_\d+>; rel="next"/);
    const ids = new Set<string>();
    const { paginate } = app.octokit as unknown as Octokit;
    for await (const page of paginate.iterator('GET /app/hook/deliveries', { per_page: 100 })) {
      for (const { guid } of page.data) ids.add(guid);
    }
    expect(ids.size).toBe(351);
  });

  it('keeps one reaction of a kind per account', async () => {
    const number = await openPullRequest();
    await github.comment(repository, number, 'alice', 'bot: help');
    const [comment] = github.comments(repository, number);
    const client = await makeClient();
    const react = () =>
      client.rest.reactions.createForIssueComment({ ...place, comment_id: comment?.id ?? 0, content: 'eyes' });
    expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
    const listed = await client.rest.reactions.listForIssueComment({ ...place, comment_id: comment?.id ?? 0 });
    expect(listed.data.map(({ content }) => content)).toEqual(['eyes']);
    expect(github.comments(repository, number)[0]?.reactions).toEqual([{ content: 'eyes', user: 'build-bot[bot]' }]);
  });

  it('shows repositories, pull requests, the App, its installation and the rate limit', async () => {
    const number = await openPullRequest();
    const client = await makeClient();
    expect((await client.rest.repos.get(place)).data).toMatchObject({ full_name: repository, default_branch: 'main' });
    const { data } = await client.rest.pulls.get({ ...place, pull_number: number });
    expect(data).toMatchObject({ number, state: 'open', additions: 2, base: { ref: 'main' }, head: { ref: 'zlib' } });
    expect(data.head.sha).toBe(github.pullRequest(repository, number).headSha);
    expect((await client.rest.rateLimit.get()).data.rate.limit).toBe(5000);
    const { octokit } = makeApp();
    expect((await octokit.request('GET /app')).data).toMatchObject({ id: 7, slug: 'build-bot' });
    expect(
      (await octokit.request('GET /app/installations/{installation_id}', { installation_id: 8 })).data.app_id,
    ).toBe(7);
    expect((await octokit.request('GET /app/hook/config')).data.content_type).toBe('json');
  });

  it.each`
    what                                   | status | request
    ${'an unknown repository'}             | ${404} | ${(client: Octokit) => client.rest.repos.get({ owner: 'EESSI', repo: 'other' })}
    ${'an unknown comment'}                | ${404} | ${(client: Octokit) => client.rest.issues.getComment({ ...place, comment_id: 1 })}
    ${'a comment of 65,537 characters'}    | ${422} | ${(client: Octokit) => client.rest.issues.createComment({ ...place, issue_number: 1, body: 'x'.repeat(65_537) })}
    ${'an empty comment'}                  | ${422} | ${(client: Octokit) => client.rest.issues.createComment({ ...place, issue_number: 1, body: '' })}
    ${'a comment in a locked discussion'}  | ${403} | ${(client: Octokit) => client.rest.issues.createComment({ ...place, issue_number: 2, body: 'x' })}
    ${'a comment where there is no issue'} | ${404} | ${(client: Octokit) => client.rest.issues.createComment({ ...place, issue_number: 9, body: 'x' })}
  `('answers $status to $what', async ({ status, request }) => {
    await openPullRequest();
    await github.openPullRequest(repository, { branch: 'locked', user: 'bob' });
    github.lockConversation(repository, 2);
    await expect(request(await makeClient())).rejects.toMatchObject({ status });
  });

  it('answers 404 to a deleted comment', async () => {
    const number = await openPullRequest();
    await github.comment(repository, number, 'alice', 'oops');
    const id = github.comments(repository, number)[0]?.id ?? 0;
    const deletion = await github.deleteComment(repository, id, 'alice');
    expect(JSON.parse(deletion.request.body)).toMatchObject({ action: 'deleted', comment: { body: 'oops' } });
    const client = await makeClient();
    await expect(client.rest.issues.updateComment({ ...place, comment_id: id, body: 'x' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('lets nobody in without a token that is valid now', async () => {
    await expect(new Octokit({ baseUrl: github.apiUrl, log: silent }).rest.repos.get(place)).rejects.toMatchObject({
      status: 401,
    });
    const { token } = (await (await makeClient()).auth({ type: 'installation' })) as { token: string };
    const client = new Octokit({ baseUrl: github.apiUrl, auth: token, log: silent });
    await client.rest.repos.get(place);
    github.expireTokens();
    await expect(client.rest.repos.get(place)).rejects.toMatchObject({ status: 401 });
    const person = new Octokit({ baseUrl: github.apiUrl, auth: github.personalToken });
    expect((await person.rest.repos.get(place)).status).toBe(200);
  });

  it('gives no token for the key of another App', async () => {
    const other = await startGitHub({
      directory: join(directory, 'other'),
      webhookSecret: '',
      app: { id: 7, slug: 'o', installationId: 8 },
    });
    await other.close();
    const app = new App({
      appId: 7,
      privateKey: other.privateKeyPem,
      Octokit: Octokit.defaults({ baseUrl: github.apiUrl, log: silent }),
    });
    await expect(app.octokit.request('GET /app')).rejects.toMatchObject({ status: 401 });
  });
});

describe('webhooks', () => {
  it('are signed, in order, and fit the description whatever happens', async () => {
    const number = await openPullRequest();
    await github.push(repository, 'zlib', [{ message: 'More', files: { 'README.md': null } }], 'alice');
    const comment = await github.comment(repository, number, 'alice', 'bot: help — with ünïcode');
    await github.editComment(repository, github.comments(repository, number)[0]?.id ?? 0, 'alice', 'bot: status');
    await github.setLabel(repository, number, 'bob', 'bot:deploy');
    await github.removeLabel(repository, number, 'bob', 'bot:deploy');
    await github.closePullRequest(repository, number, 'bob');
    await github.reopenPullRequest(repository, number, 'bob');
    await github.mergePullRequest(repository, number, 'bob');
    await github.ping();

    const verifier = new Webhooks({ secret });
    for (const { headers, body } of received) {
      expect(await verifier.verify(body, String(headers['x-hub-signature-256']))).toBe(true);
    }
    expect(comment).toMatchObject({ status: 202, response: { body: 'noted' }, request: { body: received[2]?.body } });
    expect(received.map(({ headers, body }) => `${headers['x-github-event']} ${JSON.parse(body).action}`)).toEqual([
      'pull_request opened',
      'pull_request synchronize',
      'issue_comment created',
      'issue_comment edited',
      'pull_request labeled',
      'pull_request unlabeled',
      'pull_request closed',
      'pull_request reopened',
      'pull_request closed',
      'ping undefined',
    ]);
    expect(JSON.parse(received[8]?.body ?? '')).toMatchObject({
      pull_request: { merged: true, merged_by: { login: 'bob' }, state: 'closed' },
      installation: { id: 8 },
      repository: { full_name: repository, clone_url: `${github.serverUrl}/${repository}.git` },
    });
    for (const { body } of received)
      expect(body).not.toMatch(/Codertocat|Octocoders|Hello-World|github\.com\/(?!repos)/);
  });

  it('are recorded with what GitHub believes, can be fetched, and sent again', async () => {
    const number = await openPullRequest();
    answerStatus = 500;
    expect((await github.comment(repository, number, 'alice', 'first')).status).toBe(500);
    listener.close();
    listener.closeAllConnections();
    const lost = await github.comment(repository, number, 'alice', 'second');
    expect(lost).toMatchObject({ status: 200, response: undefined });

    const { octokit } = makeApp();
    const { data } = await octokit.request('GET /app/hook/deliveries', { per_page: 2 });
    expect(data.map(({ guid, status_code, event }) => ({ guid, status_code, event }))).toEqual([
      { guid: lost.guid, status_code: 200, event: 'issue_comment' },
      { guid: github.deliveries[1]?.guid, status_code: 500, event: 'issue_comment' },
    ]);
    const fetched = await octokit.request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: lost.id });
    expect(fetched.data.request.payload).toMatchObject({ comment: { body: 'second' } });
    await octokit.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: lost.id });
    const again = await github.waitFor('the redelivery', () => github.deliveries.find(({ redelivery }) => redelivery));
    expect(again.guid).toBe(lost.guid);
  });

  it('tell an issue from a pull request, and other bots from this one', async () => {
    const number = await openPullRequest();
    const issue = github.openIssue(repository, 'alice', 'A question');
    expect(issue).toBe(number + 1);
    const onIssue = await github.comment(repository, issue, 'alice', 'bot: help');
    const onPullRequest = await github.comment(repository, number, 'other-bot[bot]', 'bot: help');
    expect(JSON.parse(onIssue.request.body).issue).not.toHaveProperty('pull_request');
    expect(JSON.parse(onPullRequest.request.body)).toMatchObject({
      issue: { number, pull_request: { url: `${github.apiUrl}/repos/${repository}/pulls/${number}` } },
      sender: { login: 'other-bot[bot]', type: 'Bot', html_url: `${github.serverUrl}/apps/other-bot` },
    });
    const client = await makeClient();
    await expect(client.rest.pulls.get({ ...place, pull_number: issue })).rejects.toMatchObject({ status: 404 });
  });

  it('tell the App of its own comments, too', async () => {
    const number = await openPullRequest();
    const client = await makeClient();
    await client.rest.issues.createComment({ ...place, issue_number: number, body: 'Hello' });
    const delivery = await github.waitFor('a delivery', () =>
      github.deliveries.find(({ event }) => event === 'issue_comment'),
    );
    expect(JSON.parse(delivery.request.body)).toMatchObject({ sender: { login: 'build-bot[bot]', type: 'Bot' } });
    expect((await github.nextComment()).body).toBe('Hello');
    await expect(github.nextComment(undefined, 0.01)).rejects.toThrow(
      /in vain[\s\S]*EESSI\/software-layer#1 open[\s\S]*Hello/,
    );
  });
});

describe('git', () => {
  const git = (...words: string[]) => execa('git', words, { cwd: directory, env: gitEnvironment(), extendEnv: false });

  it('clones a public repository and fetches the head of a pull request', async () => {
    const number = await openPullRequest();
    await git('clone', '--quiet', `${github.serverUrl}/${repository}.git`, 'clone');
    expect(await readFile(join(directory, 'clone/README.md'), 'utf8')).toBe('Software\n');
    const fetch = () => git('-C', 'clone', 'fetch', '--quiet', 'origin', `refs/pull/${number}/head`);
    await fetch();
    const head = async () => (await git('-C', 'clone', 'rev-parse', 'FETCH_HEAD')).stdout;
    expect(await head()).toBe(github.pullRequest(repository, number).headSha);
    const pushed = await github.push(repository, 'zlib', [{ message: 'More', files: { more: 'x'.repeat(100_000) } }]);
    await fetch();
    expect(await head()).toBe(pushed);
  });

  it('lets only those with a token clone a private repository', async () => {
    await github.createRepository({ name: 'EESSI/secret', files: { key: '42' }, private: true });
    const address = `${github.serverUrl}/EESSI/secret`;
    await expect(git('clone', '--quiet', address, 'no-token')).rejects.toThrow();
    const withToken = (token: string) => address.replace('//', `//x-access-token:${token}@`);
    await expect(git('clone', '--quiet', withToken('ghs_wrong'), 'wrong-token')).rejects.toThrow(
      'Authentication failed',
    );
    const auth = (await (await makeClient()).auth({ type: 'installation' })) as { token: string };
    await git('clone', '--quiet', withToken(auth.token), 'with-installation-token');
    await git('clone', '--quiet', withToken(github.personalToken), 'with-personal-token');
    expect(await readFile(join(directory, 'with-personal-token/key'), 'utf8')).toBe('42');
  });
});

describe('faults', () => {
  it('answer as ordered, as often as ordered, for the operation that was named', async () => {
    const number = await openPullRequest();
    const client = await makeClient();
    const create = () => client.rest.issues.createComment({ ...place, issue_number: number, body: 'x' });
    const headers = { 'retry-after': '7' };
    github.failNext({ operationId: 'issues/create-comment', times: 1, fault: { status: 429, headers } });
    github.failNext({ operationId: 'issues/create-comment', times: 1, fault: { status: 502, body: '<html>' } });
    await client.rest.repos.get(place);
    await expect(create()).rejects.toMatchObject({ status: 429, response: { headers } });
    await expect(create()).rejects.toMatchObject({ status: 502 });
    expect((await create()).status).toBe(201);
    expect(github.comments(repository, number)).toHaveLength(1);
  });

  it.each([
    ['cut-before', 0],
    ['cut-after-applying', 1],
  ] as const)('%s: the answer is lost, %i comments are there', async (fault, comments) => {
    const number = await openPullRequest();
    const client = await makeClient();
    github.failNext({ operationId: 'issues/create-comment', times: 1, fault });
    const lost = client.rest.issues.createComment({ ...place, issue_number: number, body: 'x' });
    await expect(lost).rejects.toMatchObject({ status: 500 }); // Octokit's own status for no answer
    expect(github.comments(repository, number)).toHaveLength(comments);
  });

  it('hang: nothing comes back until the client gives up', async () => {
    const client = await makeClient();
    github.failNext({ operationId: 'repos/get', times: 1, fault: 'hang' });
    const signal = AbortSignal.timeout(200);
    await expect(client.rest.repos.get({ ...place, request: { signal } })).rejects.toThrow();
  });
});

it('close() tells which requests did not fit GitHub’s description', async () => {
  await openPullRequest();
  const other = await startGitHub({
    directory: join(directory, 'other'),
    webhookSecret: secret,
    app: { id: 7, slug: 'build-bot', installationId: 8 },
  });
  const ask = (method: string, path: string, body?: string) =>
    fetch(`${other.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${other.personalToken}` },
      ...(body === undefined ? {} : { body }),
    });
  expect((await ask('POST', '/repos/a/b/issues/1/comments', '{"text":"x"}')).status).toBe(422);
  expect((await ask('GET', '/repos/a/b/issues/one/comments?perpage=7')).status).toBe(422);
  expect((await ask('POST', '/repos/a/b/issues/comments/1/reactions', '{"content":"shrug"}')).status).toBe(422);
  expect((await ask('GET', '/user')).status).toBe(404);
  expect((await ask('POST', '/repos/a/b/issues/1/comments', 'x')).status).toBe(400);
  const problem = await other.close().then(
    () => '',
    (error: Error) => error.message,
  );
  expect(problem.split('\n')).toEqual([
    'What passed did not fit GitHub’s description:',
    "POST /repos/a/b/issues/1/comments: request must have required property 'body'",
    'GET /repos/a/b/issues/one/comments?perpage=7: query parameter perpage is not described',
    'GET /repos/a/b/issues/one/comments?perpage=7: parameter issue_number/value must be integer',
    'POST /repos/a/b/issues/comments/1/reactions: request/content must be equal to one of the allowed values',
    'GET /user: no operation of openapi.json (perhaps extract-openapi.ts should take it in)',
    'POST /repos/a/b/issues/1/comments: the body is no JSON',
  ]);
});
