import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { fetchWhole } from './fetch-whole.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const json = { 'content-type': 'application/json; charset=utf-8' };

it.each<[string, RequestListener]>([
  ['before it answers', () => {}],
  ['in the midst of its answer', (_request, response) => response.writeHead(200, json).write('[{"id": 1},')],
])('GitHub that hangs %s is given up', async (_what, answer) => {
  const asked = fetchWhole(100, () => {})(await serve(answer));
  await expect(asked).rejects.toThrow(/timeout/);
});

it.each<[string, RequestListener, RegExp]>([
  ['a list that was cut off', (_request, response) => response.writeHead(200, json).end('[{"id": 1},'), /not JSON/],
  [
    'the page of some proxy',
    (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    /the answer is not JSON \(text\/html\)/,
  ],
  ['JSON that does not say so', (_request, response) => response.writeHead(200).end('[]'), /without a content type/],
])('%s is no answer', async (_what, answer, why) => {
  await expect(fetchWhole(10_000, () => {})(await serve(answer))).rejects.toThrow(why);
});

it('an answer is passed on with its status and headers, an empty one too', async () => {
  const address = await serve((request, response) =>
    request.url === '/none' ? response.writeHead(204).end() : response.writeHead(404, json).end('{"message":"no"}'),
  );
  const gone = await fetchWhole(10_000, () => {})(address);
  expect([gone.status, gone.headers.get('content-type'), JSON.parse(await gone.text())]).toEqual([
    404,
    json['content-type'],
    { message: 'no' },
  ]);
  expect(gone.url).toBe(address); // octokit reads the number of a list's page from it
  expect(await (await fetchWhole(10_000, () => {})(`${address}none`)).text()).toBe('');
});
