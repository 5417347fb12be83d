import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { relative } from 'node:path';
import { gitEnvironment } from '../git-environment.ts';
import { type State, userOfToken } from './state.ts';

/** Answers a request of git by `git http-backend`, which is how a web server serves repositories. */
export function serveGit(state: State, directory: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', state.serverUrl);
  const [, owner = '', name = '', rest = ''] = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/.*)$/.exec(url.pathname) ?? [];
  const fullName = `${owner}/${name}`.toLowerCase();
  const repository = state.repositories.get(fullName) ?? state.formerNames.get(fullName);
  const user = userOfToken(state, passwordOf(request));
  // As GitHub does: without a valid account nobody learns whether a private repository exists.
  if (
    user === undefined &&
    (repository === undefined || repository.private || request.headers.authorization !== undefined)
  ) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Repository not found.\n');
  } else if (repository === undefined) {
    response.writeHead(404).end('Repository not found.\n');
  } else {
    runBackend(request, response, {
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${relative(directory, repository.directory)}${rest}`,
      QUERY_STRING: url.search.slice(1),
    });
  }
}

function passwordOf(request: IncomingMessage): string | undefined {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(value, 'base64').toString('utf8').split(':')[1];
}

/** Speaks CGI (RFC 3875) with git http-backend. */
function runBackend(request: IncomingMessage, response: ServerResponse, variables: Record<string, string>): void {
  const header = (name: string) => String(request.headers[name] ?? '');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment(),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_ADDR: '127.0.0.1',
      ...variables,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.on('error', () => response.destroy());
  response.on('error', () => {}); // git was killed while it fetched: the next line ends what it asked for
  response.on('close', () => backend.kill());
  backend.stdin.on('error', () => {}); // it may end before it has read everything: its answer tells why
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  const readHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    backend.stdout.off('data', readHead);
    writeHead(response, head.subarray(0, end).toString('latin1'));
    response.write(head.subarray(end + 4));
    backend.stdout.pipe(response);
  };
  backend.stdout.on('data', readHead);
  backend.stdout.on('end', () => {
    if (!response.headersSent) response.writeHead(500).end();
  });
}

function writeHead(response: ServerResponse, head: string): void {
  const fields = head.split('\r\n').map((line) => line.split(/:\s*(.*)/s) as [string, string]);
  const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1];
  for (const [name, value] of fields) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.writeHead(status === undefined ? 200 : Number.parseInt(status, 10));
}
