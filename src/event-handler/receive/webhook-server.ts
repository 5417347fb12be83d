import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { machineClock } from '../../daemon/clock.ts';
import { nodeHttp } from '../../daemon/node-http.ts';
import { type Health, type HealthTeller, healthTeller, isJsonWanted } from '../../jobs/health-teller.ts';
import type { HeaderOf, Webhooks } from '../../outside/forge/webhooks.ts';
import { probeEvent } from '../../outside/relay/relay.ts';
import { acceptDelivery, type DeliveryAnswer, type DoorOptions, type HttpAnswer } from './accept-delivery.ts';
import { answerAtOnce } from './answer-at-once.ts';
import { type ConnectionLimits, Connections } from './connections.ts';
import { isGuid } from './delivery.ts';
import { mostHeaderBytes } from './first-look.ts';
import { OneRequest } from './one-request.ts';
import { BodyBytes, type BodyRefusal, readBody } from './read-body.ts';
import { Refusals } from './refusals.ts';
import { header, sentWith } from './sent-with.ts';

interface WebhookServerOptions extends Omit<DoorOptions, 'refusals'> {
  /** The answer to `GET /health`, and to `GET /healthz` in words; `ok: false` means status 503. */
  readonly health: () => Promise<Health>;
  /** Limits of connections: time and number. */
  readonly limits?: ConnectionLimits;
}

const usualLimits: ConnectionLimits = { places: 1_000, idle: 10_000, headers: 10_000, request: 60_000, leaving: 3_000 };
const lookMilliseconds = 1_000;

/** What the handlers of requests share. */
interface Door extends WebhookServerOptions {
  readonly connections: Connections;
  readonly bodyBytes: BodyBytes;
  readonly tellHealth: HealthTeller;
  readonly refusals: Refusals;
}

/**
 * The HTTP server of the event handler: `POST /` takes deliveries, `GET /health` and `/healthz` report its state. Each connection is closed
 * after one answer.
 */
export function webhookServer(options: WebhookServerOptions): Server {
  const refusals = new Refusals(options.log);
  const connections = new Connections({
    limits: options.limits ?? usualLimits,
    monotonic: machineClock.monotonic,
    onClosed: (why, socket) => refusals.add(`closed a connection: ${why}`, () => from(socket)),
  });
  const door = {
    ...options,
    tellHealth: healthTeller(options),
    connections,
    refusals,
    bodyBytes: new BodyBytes(),
  };
  const http = httpServer(door);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    if (connections.take(socket)) {
      answerAtOnce(socket, {
        connections,
        webhooks: door.webhooks,
        refuseUnsigned: (headers) => {
          door.onDelivery?.('bad signature', undefined);
          return refuseUnsigned(headers, door, socket);
        },
        tellHealth: () => door.tellHealth('json'),
        parse: (first) => http.emit('connection', new OneRequest(socket, first)),
      });
    }
  });
  const looking = setInterval(() => connections.closeLate(), lookMilliseconds).unref();
  const stopTelling = refusals.tellEachMinute();
  server.on('close', () => {
    clearInterval(looking);
    stopTelling();
  });
  return server;
}

/** Parses what {@link OneRequest} shows it, and answers. It does not listen itself. */
function httpServer(door: Door): HttpServer {
  const { connections, refusals, log } = door;
  const http = nodeHttp.createServer({ maxHeaderSize: mostHeaderBytes, keepAlive: false }, (request, response) => {
    const connection = connectionOf(request);
    connection.hasHeaders(announcedBody(request));
    connections.hasHeaders(connection.socket);
    respond(request, door).then(
      (answer) => send(response, answer, door),
      (error: unknown) => {
        if (request.destroyed && !request.complete) return; // the client has gone
        log.error({ err: error }, 'a delivery could not be written to the inbox');
        door.onDelivery?.('failed', eventOf(request, door));
        send(response, { status: 500, text: 'the delivery could not be stored: deliver it again' }, door);
      },
    );
  });
  http.maxRequestsPerSocket = 1;
  http.on('dropRequest', (request: IncomingMessage) => connectionOf(request).takeNoMore());
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const connection = socket as unknown as OneRequest;
    if (!error.code?.startsWith('HPE_')) return void connection.destroy();
    refusals.add('refused a request: it is not HTTP', () => ({ ...from(connection.socket), code: error.code }));
    connections.hasAnswer(connection.socket);
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    connection.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
  });
  return http;
}

function announcedBody({ headers }: IncomingMessage): number | undefined {
  return headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;
}

const from = ({ remoteAddress }: Pick<Socket, 'remoteAddress'>) => ({ from: remoteAddress });
const connectionOf = (request: IncomingMessage) => request.socket as unknown as OneRequest;

const refusedBodies: Readonly<Record<BodyRefusal, HttpAnswer>> = {
  'too large': { status: 413, text: 'a delivery has 25 MB at most' },
  'too many': { status: 503, text: 'too much is being received: deliver it again later' },
  'too small pieces': { status: 400, text: 'the body comes in too small pieces: send larger chunks' },
};

const unsigned = ({ headerNames }: Webhooks): DeliveryAnswer => ({
  result: 'bad signature',
  status: 401,
  text: `the signature is missing or wrong (${headerNames.signature})`,
});

const eventOf = (request: IncomingMessage, { webhooks }: Door) =>
  webhooks.readHeaders((name) => header(request, name)).event;

async function respond(request: IncomingMessage, door: Door): Promise<HttpAnswer> {
  const { connections } = door;
  const connection = connectionOf(request);
  const { socket } = connection;
  const stopParsing = () => connection.takeNoMore();
  const refuse = (what: string, answer: HttpAnswer) => {
    stopParsing();
    door.refusals.add(`refused ${what}: ${answer.text}`, () => from(socket));
    return answer;
  };
  const pathname = URL.parse(request.url ?? '/', 'http://any')?.pathname;
  if (pathname === '/health' || pathname === '/healthz') {
    connections.hasRequest(socket);
    const how = pathname === '/health' || isJsonWanted(header(request, 'accept')) ? 'json' : 'words';
    if (request.method === 'GET' || request.method === 'HEAD') return await door.tellHealth(how);
    return refuse('a request', { status: 405, text: 'only GET is allowed here', headers: { allow: 'GET, HEAD' } });
  }
  if (pathname !== '/') return refuse('a request', { status: 404, text: 'not found: deliveries go to POST /' });
  if (request.method !== 'POST')
    return refuse('a request', { status: 405, text: 'only POST is allowed here', headers: { allow: 'POST' } });
  const answer = await takeDelivery(request, door, stopParsing);
  door.onDelivery?.(answer.result, eventOf(request, door));
  return answer.result === 'refused' ? refuse('a delivery', answer) : answer;
}

async function takeDelivery(request: IncomingMessage, door: Door, stopParsing: () => void): Promise<DeliveryAnswer> {
  const body = await readBody(request, door.bodyBytes, stopParsing);
  if (typeof body === 'string') return { ...refusedBodies[body], result: 'refused' };
  door.connections.hasRequest(connectionOf(request).socket);
  const sent = sentWith(request);
  if (!door.webhooks.isSigned(body, sent.header, door.secrets, door.allowSha1()))
    return refuseUnsigned(sent.header, door, connectionOf(request).socket);
  door.onSignature?.('right', guidOfForge(sent.header, door) ?? '');
  return await acceptDelivery(sent, body, door);
}

function refuseUnsigned(header: HeaderOf, door: Door, socket: Socket): DeliveryAnswer {
  const { webhooks, onSignature, refusals } = door;
  const outcome = webhooks.hasSignature(header) ? 'wrong' : 'missing';
  const guid = guidOfForge(header, door);
  if (guid !== undefined) onSignature?.(outcome, guid);
  refusals.add(`refused a delivery: the signature is ${outcome}`, () => from(socket));
  return unsigned(webhooks);
}

/** The GUID of a request that claims to come from the forge. Requests of scanners do not, nor those that doctor sends through a relay. */
function guidOfForge(header: HeaderOf, { webhooks }: Door): string | undefined {
  const { guid, event } = webhooks.readHeaders(header);
  return isGuid(guid) && event !== undefined && event !== probeEvent ? guid : undefined;
}

function send(response: ServerResponse, answer: HttpAnswer, { connections }: Door): void {
  connections.hasAnswer(connectionOf(response.req).socket);
  const body = `${answer.text}\n`;
  response.writeHead(answer.status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...answer.headers,
  });
  response.end(body);
}
