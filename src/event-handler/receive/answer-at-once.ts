import type { Socket } from 'node:net';
import { nodeHttp } from '../../daemon/node-http.ts';
import type { HeaderOf, Webhooks } from '../../outside/forge/webhooks.ts';
import type { HttpAnswer } from './accept-delivery.ts';
import type { Connections } from './connections.ts';
import { firstLook, headersIn } from './first-look.ts';

interface Options {
  readonly connections: Pick<Connections, 'hasRequest' | 'hasAnswer'>;
  readonly webhooks: Pick<Webhooks, 'hasSignature'>;
  readonly refuseUnsigned: (header: HeaderOf) => HttpAnswer;
  readonly tellHealth: () => Promise<HttpAnswer>;
  /** Hands the connection to the parser, with all bytes read so far. The socket is paused. */
  readonly parse: (first: Buffer) => void;
}

const nothing: Buffer = Buffer.alloc(0);

/** Reads the first bytes of a connection, and answers at once if no parser is needed. */
export function answerAtOnce(
  socket: Socket,
  { connections, webhooks, refuseUnsigned, tellHealth, parse }: Options,
): void {
  let first: Buffer = nothing;
  const take = (bytes: Buffer) => {
    first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
    const seen = firstLook(first, webhooks);
    if (seen === 'more') return;
    socket.pause().off('data', take).off('end', leave);
    const all = first;
    first = nothing; // up to 64 KB, which would stay in memory as long as the connection
    if (seen === 'other') return parse(all);
    connections.hasRequest(socket);
    const send = (answer: HttpAnswer) => {
      connections.hasAnswer(socket);
      sendAnswer(socket, answer);
    };
    if (seen === 'health') void tellHealth().then(send);
    else send(refuseUnsigned(headersIn(all.toString('latin1', 0, all.indexOf('\r\n\r\n') + 2))));
  };
  const leave = () => socket.destroy();
  socket.on('data', take);
  socket.on('end', leave);
  socket.on('error', () => {}); // 'close' follows
}

/** Sends the answer. Further bytes are ignored until the client closes the connection. */
function sendAnswer(socket: Socket, { status, text, headers }: HttpAnswer): void {
  const body = `${text}\n`;
  const lines = Object.entries({
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  socket.on('data', () => socket.pause());
  socket.resume();
}
