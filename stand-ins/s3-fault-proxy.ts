import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What goes wrong with one request. */
export type S3Fault =
  /** The server is not asked; the answer is S3's error of that code. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string }
  /** The connection ends without an answer. */
  | { readonly kind: 'cut' }
  /** The server gets, or answers with, one byte changed. */
  | { readonly kind: 'change a byte' }
  /** The server gets the content without its last byte. */
  | { readonly kind: 'lose the last byte' }
  /** Nothing: the answer is that of a bucket with versions. */
  | { readonly kind: 'name the version'; readonly id: string };

export interface ProxiedRequest {
  readonly method: string;
  /** Bucket and key, with a slash before; without the query. */
  readonly path: string;
}

export interface S3FaultProxy {
  readonly endpoint: string;
  /** Every request so far, in order, `METHOD /bucket/key`. */
  readonly requests: readonly string[];
  /** Asked for each request; replace it at any time. */
  decide: (request: ProxiedRequest) => S3Fault | undefined;
  close(): Promise<void>;
}

/** Stands before an S3 server and makes it fail: real stores refuse and mangle in ways that the stand-in never does by itself. */
export async function startS3FaultProxy(target: string): Promise<S3FaultProxy> {
  const requests: string[] = [];
  let decide: S3FaultProxy['decide'] = () => undefined;
  const server = createServer((incoming, outgoing) => {
    const asked = { method: incoming.method ?? '', path: (incoming.url ?? '').split('?')[0] ?? '' };
    requests.push(`${asked.method} ${asked.path}`);
    answer(target, incoming, outgoing, decide(asked)).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    get decide() {
      return decide;
    },
    set decide(next) {
      decide = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(target: string, incoming: IncomingMessage, outgoing: ServerResponse, fault: S3Fault | undefined) {
  const sent = await buffer(incoming);
  if (fault?.kind === 'cut') {
    incoming.socket.destroy();
    return;
  }
  if (fault?.kind === 'refuse') {
    outgoing.writeHead(fault.status, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>made to fail</Message></Error>`);
    return;
  }
  const { status, headers, body } = await forward(target, incoming, damage(sent, fault));
  const version = fault?.kind === 'name the version' && { 'x-amz-version-id': fault.id };
  outgoing.writeHead(status, { ...headers, ...version });
  outgoing.end(incoming.method === 'GET' ? damage(body, fault) : body);
}

function damage(content: Buffer, fault: S3Fault | undefined): Buffer {
  if (fault === undefined || fault.kind === 'name the version' || content.length === 0) return content;
  if (fault.kind === 'lose the last byte') return content.subarray(0, -1);
  const changed = Buffer.from(content);
  changed[0] = (content[0] ?? 0) ^ 0xff;
  return changed;
}

async function forward(target: string, incoming: IncomingMessage, content: Buffer) {
  const headers: IncomingHttpHeaders = { ...incoming.headers };
  if (headers['content-length'] !== undefined) headers['content-length'] = String(content.length);
  const options = { method: incoming.method ?? 'GET', headers };
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const outgoing = request(new URL(incoming.url ?? '/', target), options, (reply) => {
      buffer(reply).then((body) => resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}
