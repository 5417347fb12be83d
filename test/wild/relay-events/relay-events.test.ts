import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitHubWebhooks } from '../../../src/outside/forge/github/github-webhooks.ts';
import { verifySignature } from '../../../src/outside/forge/github/verify-signature.ts';
import type { RelayedDelivery } from '../../../src/outside/relay/relay.ts';
import { smeeRelay } from '../../../src/outside/relay/smee-relay.ts';

// The whole stream of a relay, as its server writes it; secrets are replaced, so signatures are, too, and bodies are shortened.
// smee.io-2018: probot/probot, issue 596. smee.io: probot/smee.io, lib/server.js of 2025; -rawdata: its pull request 55. gosmee:
// chmouel/gosmee, gosmee/server.go of 2025.

const secrets = { current: 'the secret of these rows' };
const guid = (last: number) => `0b1f5d00-ccf1-11f0-8000-00000000000${last}`;

const outcome = ({ headers, bodies }: RelayedDelivery) => {
  const fits = bodies.some((body) => verifySignature(body, (name) => headers[name], secrets, true));
  return [headers['x-github-event'], headers['x-github-delivery'], fits ? 'fits' : 'does not fit'].join(' ');
};

it.each([
  { from: 'smee.io-2018', outcomes: ['issue_comment 47242110-743c-11e8-9817-a7977c0f2c44 fits'] },
  {
    from: 'smee.io',
    outcomes: [
      `issue_comment ${guid(1)} fits`,
      `issue_comment ${guid(2)} does not fit`, // 1.0 came as 1
      `issue_comment ${guid(3)} fits`, // \u001B came as \u001b
      `issue_comment ${guid(4)} does not fit`, // \u003c came as <
    ],
  },
  { from: 'smee.io-rawdata', outcomes: [`issue_comment ${guid(5)} fits`] },
  { from: 'gosmee', outcomes: [`issue_comment ${guid(6)} fits`] },
])('$from: the deliveries are found, and their signatures as they can be', async ({ from, outcomes }) => {
  const stream = readFileSync(join(import.meta.dirname, `${from}.txt`));
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // In pieces that end in the midst of lines and letters.
    for (let at = 0; at < stream.length; at += 97) response.write(stream.subarray(at, at + 97));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [heard, stop] = [[] as RelayedDelivery[], new AbortController()];
  const { port } = server.address() as AddressInfo;
  await smeeRelay(`http://127.0.0.1:${port}/channel`, gitHubWebhooks).listen(
    {
      onConnected: () => {},
      onDelivery: async (delivery) => void heard.push(delivery),
      onLost: () => stop.abort(),
    },
    stop.signal,
  );
  server.close();
  expect(heard.map(outcome)).toEqual(outcomes);
});
