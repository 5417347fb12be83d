import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** A small npm registry behind a certificate that only `certificatePath` makes known, as a site's mirror is. */
export interface PackageRegistry {
  readonly url: string;
  readonly certificatePath: string;
  /** What was asked for, oldest first; a test may empty it. */
  readonly requests: string[];
  /** `sha512-…` of a package as it is published here. */
  integrityOf(name: string, version: string): string;
  /** Called before an archive is sent, which waits for it. */
  beforeArchive: () => Promise<void>;
  /** Packages, as NAME-VERSION, of which other bytes are sent than were published. */
  readonly swapped: Set<string>;
  close(): Promise<void>;
}

/** Files of a package, beside package.json. */
export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
  readonly more?: object;
}

export async function startPackageRegistry(packages: readonly PublishedPackage[]): Promise<PackageRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'package-registry-'));
  const certificatePath = join(directory, 'certificate.pem');
  const keyPath = join(directory, 'key.pem');
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyPath, '-out', certificatePath, '-days', '2'];
  await execa('openssl', ['req', '-x509', ...newKey, ...subject]);
  const archives = new Map<string, Buffer>();
  for (const each of packages) archives.set(`${each.name}-${each.version}`, await pack(directory, each));
  const integrityOf = (name: string, version: string) =>
    `sha512-${createHash('sha512')
      .update(archives.get(`${name}-${version}`) ?? '')
      .digest('base64')}`;
  const requests: string[] = [];
  const swapped = new Set<string>();
  const registry = { beforeArchive: async () => {} };
  const server = createServer({ key: await readFile(keyPath), cert: await readFile(certificatePath) });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.url ?? '');
    const [, name = '', , file] = (request.url ?? '').split('/');
    if (file !== undefined) {
      await registry.beforeArchive();
      const name = file.replace(/\.tgz$/, '');
      response.end(swapped.has(name) ? await packOther(directory, name) : archives.get(name));
      return;
    }
    const versions = packages.filter((each) => each.name === name);
    if (versions.length === 0) return void response.writeHead(404).end('{}');
    const described = versions.map(({ version, more }) => [
      version,
      {
        name,
        version,
        ...more,
        dist: { tarball: `${url}${name}/-/${name}-${version}.tgz`, integrity: integrityOf(name, version) },
      },
    ]);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ name, versions: Object.fromEntries(described), 'dist-tags': {} }));
  };
  server.on('request', (request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return Object.assign(registry, {
    url,
    certificatePath,
    requests,
    swapped,
    integrityOf,
    async close() {
      server.close();
      server.closeAllConnections();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

async function pack(directory: string, { name, version, files, more }: PublishedPackage): Promise<Buffer> {
  const base = join(directory, `${name}-${version}`);
  const all = { 'package.json': JSON.stringify({ name, version, ...more }), ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(base, 'package', path)), { recursive: true });
    await writeFile(join(base, 'package', path), text, { mode: 0o755 });
  }
  await execa('tar', ['-czf', `${base}.tgz`, 'package'], { cwd: base });
  return await readFile(`${base}.tgz`);
}

/** A good archive of that package, but with one file more. */
async function packOther(directory: string, nameAndVersion: string): Promise<Buffer> {
  const base = join(directory, nameAndVersion);
  await writeFile(join(base, 'package/swapped'), '');
  await execa('tar', ['-czf', `${base}.swapped.tgz`, 'package'], { cwd: base });
  return await readFile(`${base}.swapped.tgz`);
}
