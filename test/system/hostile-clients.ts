import { connect, type Socket } from 'node:net';

// Clients without a signature, of five kinds. Each comes back when its connection is closed.

const asking = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n';
const posting = 'POST / HTTP/1.1\r\nhost: x\r\nx-github-event: ping\r\nx-github-delivery: a-1\r\n';
const unsigned = `${posting}content-length: 2\r\n\r\n{}`;
const wrongSignature = `x-hub-signature-256: sha256=${'0'.repeat(64)}\r\n`;
const wronglySigned = `${posting}${wrongSignature}content-length: 2\r\n\r\n{}`;

interface Kind {
  readonly name: string;
  /** One of these when it comes, in turn. */
  readonly first: readonly string[];
  /** Sent again and again, each second. */
  readonly drip: string;
  readonly reads: boolean;
}

export const kinds: readonly Kind[] = [
  { name: 'says nothing', first: [''], drip: '', reads: true },
  { name: 'sends its headers a letter at a time', first: [`${posting}x: `], drip: 'y', reads: true },
  {
    name: 'sends a body in chunks of a byte',
    first: [`${posting}${wrongSignature}transfer-encoding: chunked\r\n\r\n${'1\r\ny\r\n'.repeat(500)}`],
    drip: '1\r\ny\r\n'.repeat(50),
    reads: true,
  },
  {
    name: 'asks again and again and reads nothing',
    first: [asking.repeat(1_700)],
    drip: asking.repeat(100),
    reads: false,
  },
  { name: 'posts without a signature, or with a wrong one', first: [unsigned, wronglySigned], drip: '', reads: true },
];

export interface HostileClients {
  /** How many connections each kind has made. */
  readonly connections: Readonly<Record<string, number>>;
  /** How many of them are open now. */
  open(): number;
  stop(): void;
}

/**
 * So many clients, as many of each kind, from `addresses` addresses of this machine. They come within `within` milliseconds, evenly, and each
 * comes back `backAfter` milliseconds after its connection was closed.
 */
export function hostileClients(
  port: number,
  count: number,
  { addresses = 1, within = 0, backAfter = 100 } = {},
): HostileClients {
  const connections: Record<string, number> = {};
  const sockets = new Map<Socket, Kind>();
  let isOver = false;
  const come = (index: number) => {
    const kind = kinds[index % kinds.length];
    if (isOver || kind === undefined) return;
    const before = connections[kind.name] ?? 0;
    connections[kind.name] = before + 1;
    const first = kind.first[before % kind.first.length] ?? '';
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (index % addresses)}` });
    sockets.set(socket, kind);
    socket.on('error', () => {}); // it is closed in the midst of what it does
    socket.on('close', () => {
      sockets.delete(socket);
      setTimeout(come, backAfter, index).unref();
    });
    socket.on('connect', () => socket.write(first));
    if (kind.reads) socket.resume();
  };
  const dripping = setInterval(() => {
    for (const [socket, { drip }] of sockets) if (drip !== '' && !socket.connecting) socket.write(drip);
  }, 1_000);
  for (let index = 0; index < count; index++) setTimeout(come, (within * index) / count, index).unref();
  return {
    connections,
    open: () => sockets.size,
    stop: () => {
      isOver = true;
      clearInterval(dripping);
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}
