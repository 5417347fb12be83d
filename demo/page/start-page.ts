import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { GitHubStandIn } from '../../stand-ins/github/github-stand-in.ts';
import type { Storyteller } from '../storyteller.ts';
import type { Watch } from '../watch-site.ts';
import { carryOutRequest, isAction } from './carry-out-request.ts';
import { pageState } from './page-state.ts';

export interface Page {
  readonly address: string;
  /** Resolves when somebody has opened it. */
  readonly opened: Promise<void>;
  close(): Promise<void>;
}

interface Sources {
  readonly watch: Watch;
  readonly storyteller: Storyteller;
  readonly github: GitHubStandIn;
}

const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

const names = [
  'page.html',
  'page.css',
  'page.js',
  'show-comments.js',
  'show-list.js',
  'show-rest.js',
  'icon.svg',
  'eyes.svg',
  'confused.svg',
  'rocket.svg',
] as const;

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

const mostBodyBytes = 65_536;

/** Serves the page on a free port of 127.0.0.1, to this machine's browser alone. */
export async function startPage(sources: Sources): Promise<Page> {
  let open: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => refuse(response, 500, `The demo has a fault: ${error.message}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', `http://${host}`);
    // Another name that leads here is somebody else's page (DNS rebinding).
    if (request.headers.host !== host) return refuse(response, 421, `This page is http://${host} only.`);
    if (request.method === 'POST') return answerAction(pathname, request, response);
    if (request.method !== 'GET') return refuse(response, 405, 'Only GET and POST are understood here.');
    if (pathname === '/events') {
      open();
      return sendEvents(sources, request, response);
    }
    if (pathname === '/state.json') return send(response, 200, 'application/json', stateText(sources));
    const name = names.find((one) => pathname === (one === 'page.html' ? '/' : `/${one}`));
    if (name === undefined) return refuse(response, 404, `There is no ${pathname} here.`);
    const extension = name.slice(name.indexOf('.') + 1) as keyof typeof types;
    const content = await readFile(join(import.meta.dirname, 'files', name));
    send(response, 200, `${types[extension]}; charset=utf-8`, content);
  }

  async function answerAction(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isAction(path)) return refuse(response, 404, `There is no ${path} here.`);
    if (request.headers.origin !== `http://${host}` || request.headers['content-type'] !== 'application/json')
      return refuse(response, 403, 'Only the page itself may do that.');
    const body = await readJson(request);
    const problem =
      body === undefined
        ? `That was no JSON, or more than ${mostBodyBytes} bytes.`
        : await carryOutRequest(path, body.value, sources.github, sources.watch.current);
    if (problem !== undefined) return refuse(response, 422, problem);
    response.writeHead(204, headers).end();
  }

  return {
    address: `http://${host}/`,
    opened,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function stateText({ watch, storyteller, github }: Sources): string {
  return JSON.stringify(pageState(watch.current, storyteller.told, github.serverUrl));
}

/** The state now and after each change, changes of one moment together. */
function sendEvents(sources: Sources, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
  const sendState = () => response.write(`data: ${stateText(sources)}\n\n`);
  let isPlanned = false;
  const plan = () => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      sendState();
    });
  };
  const forget = [sources.watch.onChange(plan), sources.storyteller.onTold(plan)];
  request.on('close', () => {
    for (const stop of forget) stop();
  });
  sendState();
}

/** Undefined: none, or too much of it. */
async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBodyBytes) return undefined;
    parts.push(part);
  }
  try {
    return { value: JSON.parse(Buffer.concat(parts).toString('utf8')) };
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, type: string, content: string | Buffer): void {
  response.writeHead(status, { ...headers, 'content-type': type }).end(content);
}

function refuse(response: ServerResponse, status: number, problem: string): void {
  if (response.headersSent) response.destroy();
  else send(response, status, 'application/json', JSON.stringify({ problem }));
}
