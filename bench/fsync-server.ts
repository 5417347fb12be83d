import { open, rename } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { forkServer } from './fork-server.ts';

// The physical limit of receiving: an HTTP server that does no more than putting the same bytes on the disk before it answers.

/** Its address is its port. */
export const startFsyncServer = (directory: string) =>
  forkServer<number>(import.meta.filename, { FSYNC_INTO: directory });

const into = process.env['FSYNC_INTO'];
if (into !== undefined && process.send !== undefined) {
  let count = 0;
  const store = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = join(into, `${count++}.json`);
    const file = await open(`${path}.new`, 'w', 0o600);
    await file.writeFile(Buffer.concat(pieces));
    await file.sync();
    await file.close();
    await rename(`${path}.new`, path);
    const directory = await open(into, 'r');
    await directory.sync();
    await directory.close();
    response.writeHead(202, { connection: 'close' }).end('on disk\n');
  };
  const server = createServer({ keepAlive: false }, (request, response) => void store(request, response));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}
