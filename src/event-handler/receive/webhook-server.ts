import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../daemon/logger.ts';
import type { GitHubTime } from '../../outside/github/github-time.ts';
import { happenedAt } from './delivery.ts';
import type { Inbox } from './inbox.ts';
import type { SignatureOutcome } from './judge-signature.ts';
import { verifySignature, type WebhookSecrets } from './verify-signature.ts';

export interface WebhookServerOptions {
  readonly inbox: Inbox;
  readonly secrets: WebhookSecrets;
  readonly githubTime: Pick<GitHubTime, 'best' | 'earlier'>;
  readonly allowSha1: () => boolean;
  /** Of the App, ours: others may have it installed too. */
  readonly installationId: () => number;
  /** What `GET /health` answers; `ok: false` is told with status 503. */
  readonly health: () => Promise<{ readonly ok: boolean }>;
  /** Hears of each delivery that says to be GitHub's whether its signature was right. */
  readonly onSignature?: (outcome: SignatureOutcome) => void;
  readonly log: Logger;
}

/** GitHub's own limit for a delivery. */
const maximumBodyBytes = 25 * 1024 * 1024;
/** Of all bodies that are being received: anybody may send one, and what is unsigned is known only at its end. */
const maximumBytesUnderWay = 8 * maximumBodyBytes;
/** GitHub sends a delivery again for three days; what is older, and new to us, was seen on its way, and is sent by somebody else. */
const oldestMilliseconds = 6 * 24 * 3600 * 1000;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The HTTP face of the event handler: `POST /` takes deliveries, `GET /health` tells how it is. */
export function webhookServer(options: WebhookServerOptions): Server {
  const underWay: BytesUnderWay = { bytes: 0 };
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      // How often these two are looked at: with Node's 30 s the first would be 40 s.
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 5_000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      respond(request, options, underWay).then(
        (answer) => send(request, response, answer),
        (error: unknown) => {
          if (request.destroyed && !request.complete) return; // whoever sent it has gone
          options.log.error({ err: error }, 'a delivery could not be written to the inbox');
          send(request, response, { status: 500, text: 'the delivery could not be stored: deliver it again' });
        },
      );
    },
  );
  server.maxConnections = 1_000;
  return server;
}

interface BytesUnderWay {
  bytes: number;
}

async function respond(
  request: IncomingMessage,
  options: WebhookServerOptions,
  underWay: BytesUnderWay,
): Promise<Answer> {
  const pathname = URL.parse(request.url ?? '/', 'http://any')?.pathname;
  if (pathname === '/health') return await tellHealth(request, options);
  if (pathname !== '/') return { status: 404, text: 'not found: deliveries go to POST /' };
  if (request.method !== 'POST') {
    return { status: 405, text: 'only POST is allowed here', headers: { allow: 'POST' } };
  }
  const body = await readBody(request, underWay);
  if (body === 'too large') return { status: 413, text: 'a delivery has 25 MB at most' };
  if (body === 'too many') return { status: 503, text: 'too much is being received: deliver it again later' };
  const signatures = {
    ...pick('sha256', header(request, 'x-hub-signature-256')),
    ...pick('sha1', header(request, 'x-hub-signature')),
  };
  if (!verifySignature(body, signatures, options.secrets, options.allowSha1())) {
    if (isGitHubs(request)) options.onSignature?.(Object.keys(signatures).length === 0 ? 'missing' : 'wrong');
    options.log.warn({ from: request.socket.remoteAddress }, 'refused a delivery: the signature is missing or wrong');
    return { status: 401, text: 'the signature is missing or wrong (X-Hub-Signature-256)' };
  }
  options.onSignature?.('right');
  return await accept(request, body, options);
}

/** It says so itself; what a scanner sends does not. */
const isGitHubs = (request: IncomingMessage) =>
  header(request, 'x-github-event') !== undefined && header(request, 'x-github-delivery') !== undefined;

/** A signed delivery: written down, then acknowledged. */
async function accept(request: IncomingMessage, body: Buffer, options: WebhookServerOptions): Promise<Answer> {
  const { inbox, installationId, log } = options;
  const guid = header(request, 'x-github-delivery');
  const event = header(request, 'x-github-event');
  if (guid === undefined || !/^[0-9A-Za-z-]{1,64}$/.test(guid)) {
    return { status: 400, text: 'the header X-GitHub-Delivery is missing or malformed' };
  }
  if (event === undefined || !/^[a-z_]{1,64}$/.test(event)) {
    return { status: 400, text: 'the header X-GitHub-Event is missing or malformed' };
  }
  const text = body.toString('utf8');
  const payload = parseObject(text);
  if (payload === undefined)
    return { status: 400, text: 'the body is no JSON object (set the content type application/json)' };
  if (isOld(event, payload, options.githubTime.earlier()))
    return { status: 400, text: 'the delivery is too old to be new: GitHub sends one again for three days at most' };
  const theirs = installationOf(payload);
  if (theirs !== undefined && theirs !== installationId()) {
    log.warn({ delivery: guid, event, installation: theirs }, 'passed over a delivery of another installation');
    const text = `passed over: it is of installation ${theirs}, and installation_id in app.cfg is ${installationId()}`;
    return { status: 200, text };
  }
  const headers = headersAsSent(request);
  const receivedAt = options.githubTime.best().toISOString();
  const outcome = await inbox.receive({ version: 1, guid, event, receivedAt, headers, body: text });
  log.info({ delivery: guid, event, outcome }, 'received a delivery');
  return outcome === 'new'
    ? { status: 202, text: 'accepted: it is on disk' }
    : { status: 200, text: 'known: it was received before' };
}

/** Names as they came; one that came twice has both values. */
function headersAsSent({ rawHeaders }: IncomingMessage): Readonly<Record<string, string>> {
  const headers = new Map<string, [name: string, value: string]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? [name, value] : [before[0], `${before[1]}, ${value}`]);
  }
  return Object.fromEntries(headers.values());
}

async function tellHealth(request: IncomingMessage, { health }: WebhookServerOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'only GET is allowed here', headers: { allow: 'GET, HEAD' } };
  }
  const state = await health();
  const headers = { 'content-type': 'application/json' };
  return { status: state.ok ? 200 : 503, text: JSON.stringify(state, null, 2), headers };
}

async function readBody(request: IncomingMessage, underWay: BytesUnderWay): Promise<Buffer | 'too large' | 'too many'> {
  if (Number(request.headers['content-length'] ?? 0) > maximumBodyBytes) return 'too large';
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      length += part.length;
      underWay.bytes += part.length;
      if (length > maximumBodyBytes) return 'too large';
      if (underWay.bytes > maximumBytesUnderWay) return 'too many';
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    underWay.bytes -= length;
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  // What was not read of the request would be taken for the next one.
  const unread = request.complete ? {} : { connection: 'close' };
  response.writeHead(answer.status, { 'content-type': 'text/plain; charset=utf-8', ...unread, ...answer.headers });
  response.end(`${answer.text}\n`);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function pick<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function installationOf({ installation }: { installation?: { id?: unknown } | null }): number | undefined {
  return typeof installation?.id === 'number' ? installation.id : undefined;
}

function isOld(event: string, payload: object, now: Date): boolean {
  const at = happenedAt(event, payload);
  return at !== undefined && now.getTime() - at > oldestMilliseconds;
}
