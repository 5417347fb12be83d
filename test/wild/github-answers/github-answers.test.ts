import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  type Forge,
  type Markdown,
  NeedsAdmin,
  PerhapsGone,
  RefusedByForge,
  TryAgainLater,
  Unsure,
} from '../../../src/outside/forge/forge.ts';
import { octokitGitHub } from '../../../src/outside/forge/github/octokit-github.ts';

interface Answer {
  readonly what: string;
  readonly seen: string;
  /** Which request is answered so; without it each but that for the token. */
  readonly request?: 'token';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly outcome: string;
}

const answers = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as readonly Answer[];
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const on = { repository: { owner: 'EESSI', name: 'software-layer' }, pullRequest: 9 };

let server: Server;
let answer: Answer;
let forge: Forge;
/** Milliseconds. */
let waited: number;
beforeEach(async () => {
  server = createServer((request, response) => {
    const isForToken = request.url?.endsWith('/access_tokens') ?? false;
    // Octokit repeats with a new token what was refused within its first five seconds: here no token is that young.
    vi.setSystemTime(Date.now() + 6_000);
    const isMeant = isForToken === (answer.request === 'token');
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const { status, headers, body } = isMeant
      ? answer
      : { status: 201, headers: {}, body: { token: 't', expires_at: expires, permissions: {} } };
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.useFakeTimers({ toFake: ['Date'] });
  waited = 0;
  const clock = { now: () => new Date(), monotonic: () => waited };
  forge = octokitGitHub({ appId: 1, privateKey: key, installationId: 7, apiUrl }, clock);
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

/** What a request comes to; a create that may have been done is looked for before it is repeated, which is `later` too. */
async function outcomeOf(request: () => Promise<unknown>): Promise<string> {
  try {
    const answered = await request();
    return answered === 'gone' ? 'gone' : 'done';
  } catch (error) {
    if (error instanceof NeedsAdmin) return `admin: ${error.message}`;
    if (error instanceof PerhapsGone) return 'not shown';
    if (error instanceof TryAgainLater) return error.retryAfterSeconds ? `limit ${error.retryAfterSeconds}` : 'later';
    if (error instanceof Unsure) return 'later';
    if (error instanceof RefusedByForge) return 'refused';
    throw error;
  }
}

const requests = {
  'create-comment': () => forge.createComment(on, 'text' as Markdown),
  'update-comment': () => forge.updateComment(on, 7, 'text' as Markdown),
  'pulls/get': () => forge.readPullRequest(on),
  'list-comments': () => forge.listComments(on),
};

for (const [name, request] of Object.entries(requests)) {
  it.each(answers)(`$status to ${name}, $what: $outcome`, async (row) => {
    answer = row;
    const first = await outcomeOf(request);
    if (row.outcome.startsWith('admin: ')) {
      expect(first).toMatch(/^admin: /);
      expect(first).toContain(row.outcome.slice('admin: '.length));
    } else if (row.outcome === 'asked again, then gone') {
      const later = [first];
      for (let times = 0; times < 3; times++) {
        waited += 5 * 60_000;
        later.push(await outcomeOf(request));
      }
      const atLast = name === 'list-comments' ? 'done' : 'gone'; // a list of what is gone is empty
      expect(later).toEqual(['not shown', 'not shown', 'not shown', atLast]);
    } else if (row.outcome === 'gone' && name === 'list-comments') expect(first).toBe('done');
    else expect(first).toBe(row.outcome);
  });
}
