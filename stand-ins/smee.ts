import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SmeeStandIn {
  /** Of the server; `ADDRESS/new` leads to a new channel. */
  readonly address: string;
  /** A channel of it. */
  readonly channel: string;
  /** How often somebody began to hear a channel. */
  readonly connections: () => number;
  /** What happens to deliveries from now on; GitHub gets 200 whatever it is. */
  deliveries(way: 'passed on' | 'dropped' | 'repeated'): void;
  /** Connections stay open, and nothing more comes on them; new ones are as usual. */
  fallSilent(): void;
  /** Ends all connections. `how`: as HTTP ends an answer, or by cutting the wire. */
  hangUp(how: 'closed' | 'cut'): void;
  /** Who wants to hear a channel gets this status, so many times; resolves when the last one has got it. */
  refuse(status: number, times: number): Promise<void>;
  /** Passes on what GitHub has not sent. */
  emit(event: object): void;
  /** Resolves when somebody hears a channel who began after so many others. */
  heardAfter(connections: number): Promise<void>;
  close(): Promise<void>;
}

/** A relay as https://github.com/probot/smee.io has it: it parses bodies, writes them anew, and keeps nothing. */
export async function startSmee({ signOfLifeMilliseconds = 30_000 } = {}): Promise<SmeeStandIn> {
  const hearers = new Set<Hearer>();
  const changes = new EventEmitter();
  let [way, refusals, refusalStatus, connections]: ['passed on' | 'dropped' | 'repeated', number, number, number] = [
    'passed on',
    0,
    503,
    0,
  ];
  const send = (event: object) => {
    for (const hearer of hearers) hearer.send(`data: ${JSON.stringify(event)}`);
  };
  const hear = (response: ServerResponse) => {
    if (refusals > 0) {
      refusals--;
      response.writeHead(refusalStatus).end('Service Unavailable');
      changes.emit('change');
      return;
    }
    const hearer = new Hearer(response, signOfLifeMilliseconds);
    hearers.add(hearer);
    response.on('close', () => hearers.delete(hearer));
    connections++;
    changes.emit('change');
  };
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body: unknown = JSON.parse(await text(request));
    const event = { ...request.headers, body, query: {}, timestamp: Date.now() };
    if (way !== 'dropped') send(event);
    if (way === 'repeated') send(event);
    response.writeHead(200).end();
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST') return void take(request, response);
    const isNew = request.url === '/new';
    if (isNew) return void response.writeHead(307, { location: `${address}/${newChannel()}` }).end();
    if (request.headers.accept === 'text/event-stream') return hear(response);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!DOCTYPE html>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    channel: `${address}/${newChannel()}`,
    connections: () => connections,
    deliveries: (now) => {
      way = now;
    },
    fallSilent: () => {
      for (const hearer of hearers) hearer.fallSilent();
    },
    hangUp: (how) => {
      for (const hearer of hearers) hearer.hangUp(how);
    },
    async refuse(status, times) {
      [refusalStatus, refusals] = [status, times];
      while (refusals > 0) await once(changes, 'change');
    },
    emit: send,
    async heardAfter(before) {
      while (connections <= before) await once(changes, 'change');
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const newChannel = () => randomBytes(12).toString('base64url');

/** One connection that hears a channel. */
class Hearer {
  readonly #response: ServerResponse;
  readonly #timer: NodeJS.Timeout;
  #count = 0;
  #isSilent = false;

  constructor(response: ServerResponse, signOfLifeMilliseconds: number) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.send('event: ready\ndata: {}');
    this.#timer = setInterval(() => this.send('event: ping\ndata: {}'), signOfLifeMilliseconds);
    response.on('close', () => clearInterval(this.#timer));
  }

  send(lines: string): void {
    if (!this.#isSilent) this.#response.write(`id: ${this.#count++}\n${lines}\n\n`);
  }

  fallSilent(): void {
    this.#isSilent = true;
  }

  hangUp(how: 'closed' | 'cut'): void {
    if (how === 'closed') this.#response.end();
    else this.#response.destroy();
  }
}
