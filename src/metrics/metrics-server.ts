import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Logger } from '../daemon/logger.ts';
import { nodeHttp } from '../daemon/node-http.ts';
import type { Troubles } from '../daemon/troubles.ts';
import { type Health, type HealthTeller, healthTeller, isJsonWanted } from '../jobs/health-teller.ts';
import { hasCode } from '../outside/files/has-code.ts';
import type { MetricsPlace } from '../settings/settings.ts';
import { wordsOf } from '../words-of.ts';
import type { Metrics } from './metrics.ts';

interface Options {
  readonly metrics: Pick<Metrics, 'measureProcess' | 'read' | 'contentType'>;
  readonly health: () => Promise<Health>;
  readonly troubles: Pick<Troubles, 'report' | 'wentWell'>;
  readonly log: Logger;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const requestMilliseconds = 10_000;
/** Prometheus needs one. */
const mostConnections = 50;

/**
 * Serves `/metrics` and `/healthz` on a port of its own: a proxy in front of that of GitHub's deliveries, which comes from this machine like
 * Prometheus, has no way to it. Where it cannot, that is a trouble, and stops nothing else.
 */
export class MetricsServer {
  readonly #options: Options;
  readonly #tellHealth: HealthTeller;
  #open: { readonly place: MetricsPlace; readonly server: Server } | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#tellHealth = healthTeller(options);
  }

  /** To be called again and again, with where the settings want it now. Never throws. */
  async keep(place: MetricsPlace | undefined): Promise<void> {
    const { metrics, troubles, log } = this.#options;
    const { address, port } = this.#open?.place ?? {};
    if (place?.address !== address || place?.port !== port) await this.close();
    if (place === undefined) return troubles.wentWell('metrics');
    if (this.#open !== undefined) return;
    try {
      await metrics.measureProcess();
      const server = nodeHttp.createServer({ requestTimeout: requestMilliseconds }, (request, response) => {
        void this.#answer(request).then((answer) => send(response, answer));
      });
      server.maxConnections = mostConnections;
      server.listen({ host: place.address, port: place.port });
      await once(server, 'listening');
      server.on('error', (err) => log.warn({ err }, 'the port of /metrics has trouble'));
      this.#open = { place, server };
      log.info({ ...place }, 'serves /metrics and /healthz');
      troubles.wentWell('metrics');
    } catch (error) {
      const where = `${place.address}:${place.port}`;
      const mend = hasCode(error, 'EADDRNOTAVAIL')
        ? 'metrics_address has to be an address of this machine (ip addr)'
        : 'choose another metrics_port';
      troubles.report('metrics', `cannot listen on ${where} (${wordsOf(error)}); ${mend}`);
    }
  }

  async close(): Promise<void> {
    const { server } = this.#open ?? {};
    this.#open = undefined;
    if (server === undefined) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async #answer({ method, url, headers }: IncomingMessage): Promise<Answer> {
    const { metrics, log } = this.#options;
    if (method !== 'GET' && method !== 'HEAD')
      return { status: 405, text: 'only GET is allowed here', headers: { allow: 'GET, HEAD' } };
    try {
      switch (URL.parse(url ?? '/', 'http://any')?.pathname) {
        case '/metrics':
          return { status: 200, text: await metrics.read(), headers: { 'content-type': metrics.contentType } };
        case '/healthz':
          return await this.#tellHealth(isJsonWanted(headers.accept) ? 'json' : 'words');
        default:
          return { status: 404, text: 'not found: there are /metrics and /healthz' };
      }
    } catch (err) {
      log.error({ err, url }, 'serving /metrics failed');
      return { status: 503, text: 'the metrics could not be read: its log says why' };
    }
  }
}

function send(response: ServerResponse, { status, text, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(text.endsWith('\n') ? text : `${text}\n`);
}
