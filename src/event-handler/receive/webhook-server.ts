import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../daemon/logger.ts';
import type { Inbox } from './inbox.ts';
import { verifySignature, type WebhookSecrets } from './verify-signature.ts';

export interface WebhookServerOptions {
  readonly inbox: Inbox;
  readonly secrets: WebhookSecrets;
  readonly allowSha1: () => boolean;
  /** What `GET /health` answers; `ok: false` is told with status 503. */
  readonly health: () => Promise<{ readonly ok: boolean }>;
  readonly log: Logger;
}

/** GitHub's own limit for a delivery. */
const maximumBodyBytes = 25 * 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The HTTP face of the event handler: `POST /` takes deliveries, `GET /health` tells how it is. */
export function webhookServer(options: WebhookServerOptions): Server {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 5_000, maxHeaderSize: 16 * 1024 },
    (request, response) => {
      respond(request, options).then(
        (answer) => send(request, response, answer),
        (error: unknown) => {
          options.log.error({ err: error }, 'a delivery could not be written to the inbox');
          send(request, response, { status: 500, text: 'the delivery could not be stored: deliver it again' });
        },
      );
    },
  );
  server.maxConnections = 1_000;
  return server;
}

async function respond(request: IncomingMessage, options: WebhookServerOptions): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://any');
  if (pathname === '/health') return await tellHealth(request, options);
  if (pathname !== '/') return { status: 404, text: 'not found: deliveries go to POST /' };
  if (request.method !== 'POST') {
    return { status: 405, text: 'only POST is allowed here', headers: { allow: 'POST' } };
  }
  const body = await readBody(request);
  if (body === 'too large') return { status: 413, text: 'a delivery has 25 MB at most' };
  const signatures = {
    ...pick('sha256', header(request, 'x-hub-signature-256')),
    ...pick('sha1', header(request, 'x-hub-signature')),
  };
  if (!(await verifySignature(body, signatures, options.secrets, options.allowSha1()))) {
    options.log.warn({ from: request.socket.remoteAddress }, 'refused a delivery: the signature is missing or wrong');
    return { status: 401, text: 'the signature is missing or wrong (X-Hub-Signature-256)' };
  }
  return await accept(request, body, options);
}

/** A signed delivery: written down, then acknowledged. */
async function accept(request: IncomingMessage, body: Buffer, { inbox, log }: WebhookServerOptions): Promise<Answer> {
  const guid = header(request, 'x-github-delivery');
  const event = header(request, 'x-github-event');
  if (guid === undefined || !/^[0-9A-Za-z-]{1,64}$/.test(guid)) {
    return { status: 400, text: 'the header X-GitHub-Delivery is missing or malformed' };
  }
  if (event === undefined || !/^[a-z_]{1,64}$/.test(event)) {
    return { status: 400, text: 'the header X-GitHub-Event is missing or malformed' };
  }
  const text = body.toString('utf8');
  if (!isJsonObject(text))
    return { status: 400, text: 'the body is no JSON object (set the content type application/json)' };
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const receivedAt = new Date().toISOString();
  const outcome = await inbox.receive({ version: 1, guid, event, receivedAt, headers, body: text });
  log.info({ delivery: guid, event, outcome }, 'received a delivery');
  return outcome === 'new'
    ? { status: 202, text: 'accepted: it is on disk' }
    : { status: 200, text: 'known: it was received before' };
}

async function tellHealth(request: IncomingMessage, { health }: WebhookServerOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'only GET is allowed here', headers: { allow: 'GET, HEAD' } };
  }
  const state = await health();
  const headers = { 'content-type': 'application/json' };
  return { status: state.ok ? 200 : 503, text: JSON.stringify(state, null, 2), headers };
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'too large'> {
  if (Number(request.headers['content-length'] ?? 0) > maximumBodyBytes) return 'too large';
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maximumBodyBytes) return 'too large';
    parts.push(part);
  }
  return Buffer.concat(parts);
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

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
