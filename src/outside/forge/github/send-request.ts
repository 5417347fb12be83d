import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { nodeHttp, nodeHttps } from '../../../daemon/node-http.ts';
import { wordsOf } from '../../../words-of.ts';

/** What is sent. */
export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** An answer that was read to its end. */
export interface HttpResponse {
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

const mostRedirects = 20;
const connectMilliseconds = 10_000;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Longer than Node's five seconds, which many servers have, too: they might close a connection just as a request is sent. */
const idleMilliseconds = 4_000;
const plain = new nodeHttp.Agent({ keepAlive: true, timeout: idleMilliseconds });
/** As Node has it, by the proxy of the environment. */
const secret = new nodeHttps.Agent({ ...nodeHttps.globalAgent.options, timeout: idleMilliseconds });

/** Code of the error where no connection was made in time: nothing was sent. */
export const connectTimeout = 'CONNECT_TIMEOUT';

/** Sends a request and reads its answer to the end, within that time. Follows redirects as fetch does. */
export async function sendRequest(url: string, sent: Sent, withinMilliseconds: number): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(withinMilliseconds);
  try {
    return await follow(new URL(url), sent, signal, mostRedirects);
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(wordsOf(error), { cause: error });
  }
}

async function follow(url: URL, sent: Sent, signal: AbortSignal, left: number): Promise<HttpResponse> {
  const response = await send(url, sent, signal);
  const { statusCode: status = 0, statusMessage: statusText = '', headers } = response;
  if (redirects.has(status) && headers.location !== undefined) {
    response.destroy();
    if (left === 0) throw new Error(`redirected more than ${mostRedirects} times, at last from ${url.origin}`);
    const next = new URL(headers.location, url);
    return await follow(next, redirected(sent, status, next.origin === url.origin), signal, left - 1);
  }
  const text = await readText(response);
  const named = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { url: url.href, status, statusText, headers: new Map(named), text };
}

async function send(url: URL, { method, headers, body }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
  const isSecret = url.protocol === 'https:';
  const agent = isSecret ? secret : plain;
  const all = { 'accept-encoding': 'gzip', ...headers };
  const sending = (isSecret ? nodeHttps : nodeHttp).request(url, { method, headers: all, signal, agent });
  sending.once('socket', (socket) => {
    if (!socket.connecting) return; // one that is kept alive
    const why = `the connection to ${url.host} timed out after ${connectMilliseconds / 1000} s`;
    const late = () => sending.destroy(Object.assign(new Error(why), { code: connectTimeout }));
    const timer = setTimeout(late, connectMilliseconds);
    for (const event of ['close', isSecret ? 'secureConnect' : 'connect'])
      socket.once(event, () => clearTimeout(timer));
  });
  sending.on('error', () => {}); // after the answer has begun its reader hears of it
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return response;
}

/** As in the Fetch Standard, "HTTP-redirect fetch": secrets are not sent to another host. */
function redirected({ method, headers, body }: Sent, status: number, isSameOrigin: boolean): Sent {
  const { authorization, 'content-type': type, ...rest } = headers;
  const isRead = ['GET', 'HEAD'].includes(method);
  const isBodyLeft = status === 303 ? !isRead : status < 303 && method === 'POST';
  return {
    ...(isBodyLeft ? { method: 'GET' } : { method, body }),
    headers: {
      ...rest,
      ...(type !== undefined && !isBodyLeft && { 'content-type': type }),
      ...(authorization !== undefined && isSameOrigin && { authorization }),
    },
  };
}

async function readText(response: IncomingMessage): Promise<string> {
  const bytes = Buffer.concat(await response.toArray());
  const isZipped = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
  return new TextDecoder().decode(isZipped ? await promisify(gunzip)(bytes) : bytes);
}
