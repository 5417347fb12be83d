import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { nextPage } from './app-deliveries.ts';
import { octokitGitHub } from './octokit-github.ts';

it.each`
  what                | link                                                                                   | expected
  ${'no header'}      | ${undefined}                                                                           | ${{}}
  ${'a page follows'} | ${'<https://api.github.com/app/hook/deliveries?per_page=100&cursor=v1_7>; rel="next"'} | ${{ next: 'v1_7' }}
  ${'the last page'}  | ${'<https://api.github.com/app/hook/deliveries?per_page=100>; rel="first"'}            | ${{}}
`('next page, $what', ({ link, expected }) => {
  expect(nextPage(link)).toEqual(expected);
});

// A regular expression of quadratic time would take many minutes.
it('is not kept busy by a million brackets', () => {
  expect(nextPage(`${'<'.repeat(1_000_000)}>, <https://x/?cursor=7>; rel="next"`)).toEqual({ next: '7' });
});

it('asks for a delivery by its whole number, which is larger than a JavaScript number can be', async () => {
  const id = '3804004623172239366';
  const entry = `"id":${id},"guid":"g-1","delivered_at":"2026-02-18T10:00:00Z","event":"issue_comment","action":"created","installation_id":7`;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    const sent = `"request":{"headers":{"X-GitHub-Event":"issue_comment"},"payload":{"node":${id},"text":"${id}"}}`;
    response.end(request.url?.includes(id) ? `{${entry},${sent}}` : `[{${entry}}]`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const github = octokitGitHub({
    appId: 1,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    installationId: 7,
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  try {
    const { entries } = await github.listDeliveries();
    expect(entries).toEqual([
      {
        id,
        guid: 'g-1',
        deliveredAt: '2026-02-18T10:00:00Z',
        event: 'issue_comment',
        action: 'created',
        installationId: 7,
      },
    ]);
    const sent = await github.readDelivery(id);
    expect(sent).toEqual({
      headers: { 'x-github-event': 'issue_comment' },
      body: `{"node":${Number(id)},"text":"${id}"}`,
    });
    expect(asked).toEqual(['/app/hook/deliveries?per_page=100', `/app/hook/deliveries/${id}`]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
