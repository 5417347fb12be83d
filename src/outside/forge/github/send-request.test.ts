import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendRequest } from './send-request.ts';

let answer: RequestListener;
let servers: Server[];
/** Two, since to another origin less is sent. */
let here: string;
let elsewhere: string;
beforeEach(async () => {
  servers = [1, 2].map(() => createServer((request, response) => answer(request, response)));
  [here = '', elsewhere = ''] = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
});
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const sent = { method: 'POST', headers: { authorization: 'token t', 'content-type': 'application/json' }, body: '{}' };
const send = (url: string, more: Partial<typeof sent> = {}) => sendRequest(url, { ...sent, ...more }, 10_000);

/** Redirects from /old, and tells of any other request what came. */
function redirectsTo(location: string, status: number): RequestListener {
  return ({ method, url, headers }, response) => {
    if (url === '/old') return response.writeHead(status, { location }).end();
    const { authorization = '', 'content-type': type = '' } = headers;
    return response.end([method, url, authorization, type].join(' '));
  };
}

it.each`
  status | method     | elsewhere | came
  ${301} | ${'GET'}   | ${false}  | ${'GET /new token t application/json'}
  ${301} | ${'POST'}  | ${false}  | ${'GET /new token t '}
  ${302} | ${'PATCH'} | ${false}  | ${'PATCH /new token t application/json'}
  ${303} | ${'PATCH'} | ${false}  | ${'GET /new token t '}
  ${307} | ${'POST'}  | ${false}  | ${'POST /new token t application/json'}
  ${308} | ${'POST'}  | ${true}   | ${'POST /new  application/json'}
`(
  '$method that is redirected by $status, elsewhere: $elsewhere',
  async ({ status, method, elsewhere: isFar, came }) => {
    answer = redirectsTo(isFar ? `${elsewhere}/new` : '/new', status);
    expect(await send(`${here}/old`, { method })).toMatchObject({
      url: `${isFar ? elsewhere : here}/new`,
      status: 200,
      text: came,
    });
  },
);

it('redirects that come to no end are given up', async () => {
  answer = redirectsTo('/old', 307);
  await expect(send(`${here}/old`)).rejects.toThrow(/^redirected more than 20 times, at last from http:/);
});

it('a zipped answer is unzipped; one that was cut off is none', async () => {
  const text = JSON.stringify({ body: '☃'.repeat(10_000) });
  const zipped = gzipSync(text);
  answer = ({ url, headers }, response) => {
    expect(headers['accept-encoding']).toBe('gzip');
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(url === '/half' ? zipped.subarray(0, 60) : zipped);
  };
  expect((await send(here)).text).toBe(text);
  await expect(send(`${here}/half`)).rejects.toThrow(/unexpected end of file/);
});

it.each<[string, RequestListener]>([
  ['before the answer', ({ socket }) => socket.destroy()],
  [
    'in its midst',
    ({ socket }, response) => response.writeHead(200, { 'content-length': 9 }).write('[', () => socket.destroy()),
  ],
])('a connection that is lost %s: told in words', async (_when, listener) => {
  answer = listener;
  await expect(send(here)).rejects.toThrow(/^(socket hang up|aborted)$/);
});

it('where nobody listens the words say so, and the code that nothing was sent', async () => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  await expect(send(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    message: `connect ECONNREFUSED 127.0.0.1:${port}`,
    cause: { code: 'ECONNREFUSED' },
  });
});
