import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { OpenFile } from '../../../src/upload-to-staging/open-file.ts';
import { connectToStore, storeVerified } from '../../../src/upload-to-staging/store.ts';

const folder = new URL('answers/', import.meta.url);
const rows = (await readFile(new URL('outcomes.txt', import.meta.url), 'utf8'))
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name = '', method = '', retried = '', , sentence = ''] = line.split(' | ');
    return { name, method, retried, sentence };
  });

const path = join(tmpdir(), `s3-answers-${process.pid}`);
let file: OpenFile;
beforeAll(async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: 'stand-in',
    AWS_SECRET_ACCESS_KEY: 'stand-in',
    AWS_MAX_ATTEMPTS: '2',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    HTTP_PROXY: '',
    http_proxy: '',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  await writeFile(path, 'content');
  file = { path, handle: await open(path), sizeBytes: 7, modified: new Date(), version: '' };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await file.handle.close();
  await rm(path);
});

/** The SDK corrects its clock by the header, and would try anything once more after a day's difference. */
async function read(name: string, date: string): Promise<Buffer> {
  const text = await readFile(new URL(`${name}.http`, folder), 'latin1');
  return Buffer.from(text.replace(/^Date: [^\r]*/m, `Date: ${date}`), 'latin1');
}

/** A server that answers requests of one method with these bytes, and all others with success. */
async function answering(method: string, answer: Buffer) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.method !== method) {
        response.end();
        return;
      }
      asked += 1;
      // A connection that stays open is used again, and must not end meanwhile.
      if (/^Connection: close/im.test(answer.toString('latin1'))) request.socket.end(answer);
      else request.socket.write(answer);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    asked: () => asked,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

it.each(rows)('$name, to $method', async ({ name, method, retried, sentence }) => {
  const date = new Date().toUTCString();
  const server = await answering(method, await read(name, date));
  const because = sentence.replaceAll('HOST', '127.0.0.1').replaceAll('DATE', date);
  try {
    const store = await connectToStore('b', `http://${server.host}`);
    const action = method === 'PUT' ? 'store' : 'read back';
    await expect(storeVerified(store, 'k', file, '')).rejects.toThrow(
      new Error(`Could not ${action} 'k' in bucket 'b' at http://${server.host}: ${because}.`),
    );
    expect(server.asked() > 1 ? 'yes' : 'no').toBe(retried);
  } finally {
    await server.close();
  }
});

it('every answer has its outcome', async () => {
  const files = (await readdir(folder)).map((each) => each.replace('.http', ''));
  expect([...new Set(rows.map(({ name }) => name))].sort()).toEqual(files.sort());
});
