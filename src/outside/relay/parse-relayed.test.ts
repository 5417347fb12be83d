import { describe, expect, it } from 'vitest';
import { gitHubWebhooks } from '../forge/github/github-webhooks.ts';
import { parseRelayed } from './parse-relayed.ts';

const event = (more: object) => JSON.stringify({ 'x-github-event': 'ping', ...more });
const bodies = (data: string) => parseRelayed(data, gitHubWebhooks)?.bodies.map(String);

describe('the body that was signed may be', () => {
  it.each([
    ['what JavaScript writes', event({ body: { a: 'é', b: 1 } }), ['{"a":"é","b":1}']],
    [
      'that with escapes in capital letters',
      event({ body: { a: '\u001b[0m \\u001b' } }),
      ['{"a":"\\u001b[0m \\\\u001b"}', '{"a":"\\u001B[0m \\\\u001b"}'],
    ],
    ['the text that came', event({ body: { a: 1 }, rawdata: '{ "a": 1.0 }' }), ['{ "a": 1.0 }', '{"a":1}']],
    ['the bytes that came', event({ bodyB: Buffer.from('{"a": 1.0}').toString('base64') }), ['{"a": 1.0}']],
    ['a form', event({ body: 'payload=%7B%7D' }), ['payload=%7B%7D']],
    ['nothing', event({}), []],
  ])('%s', (_what, data, expected) => {
    expect(bodies(data)).toEqual(expected);
  });
});

it.each([
  ['the greeting of smee.io', '{}'],
  ['the greeting of gosmee', '{"message":"connected"}'],
  ['what is no object', '[{"x-github-event":"ping"}]'],
  ['what is no JSON', 'ready'],
  ['a delivery of another forge', '{"x-gitlab-event":"Push Hook","body":{}}'],
])('%s is no delivery', (_what, data) => {
  expect(parseRelayed(data, gitHubWebhooks)).toBeUndefined();
});

it('keeps the headers of GitHub, and none of the relay', () => {
  const headers = {
    'x-github-delivery': 'g',
    'x-hub-signature-256': 'sha256=0',
    'x-forwarded-for': '192.30.252.34',
    host: 'smee.io',
    'x-github-hook-id': 7,
    'x-github-long': 'x'.repeat(1_001),
  };
  expect(parseRelayed(event(headers), gitHubWebhooks)?.headers).toEqual({
    'x-github-event': 'ping',
    'x-github-delivery': 'g',
    'x-hub-signature-256': 'sha256=0',
  });
});

it('does not fall over what is nested too deep', () => {
  const depth = 10_000;
  expect(bodies(`{"x-github-event":"ping","body":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toEqual(['']);
});
