import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createServer } from 'node:tls';
import { execa } from 'execa';

export interface S3OverTls {
  readonly endpoint: string;
  /** The file with the certificate of the CA, which no machine knows. */
  readonly caFile: string;
  close(): Promise<void>;
}

/** Puts TLS before a server on this machine, as a site does that has a CA of its own. `names`: whom the certificate is for; else `127.0.0.1`. */
export async function startTls(target: string, names = 'IP:127.0.0.1'): Promise<S3OverTls> {
  const directory = await mkdtemp(join(tmpdir(), 's3-tls-'));
  const openssl = (line: string) => execa('openssl', line.split(' '), { cwd: directory });
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  await writeFile(join(directory, 'names'), `subjectAltName=${names}\n`);
  await openssl(`req -x509 ${key} -keyout ca.key -out ca.pem -subj /CN=ca-of-the-site -days 2`);
  await openssl(`req -new ${key} -keyout key -out request -subj /CN=s3`);
  await openssl('x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -days 2 -out cert');
  const { hostname, port } = new URL(target);
  const server = createServer(
    { key: await readFile(join(directory, 'key')), cert: await readFile(join(directory, 'cert')) },
    (client) => {
      const store = connect(Number(port), hostname);
      // Each side ends when the other does.
      pipeline(client, store, client).catch(() => store.destroy());
    },
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caFile: join(directory, 'ca.pem'),
    async close() {
      await new Promise((closed) => server.close(closed));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
