import { expect, it } from 'vitest';
import { whyNoRelay } from './why-no-relay.ts';

it.each([
  ['https://smee.io/AbC-123_x', undefined],
  ['http://127.0.0.1:3333/channel', undefined],
  ['https://hook.example.org/events/channel', undefined],
  ['smee.io/AbC', /^has to be the address of a channel/],
  ['https:/smee.io', /^names smee.io without a channel/],
  ['wss://smee.io/AbC', /^has to be the address of a channel/],
  ['https://smee.io', /^names smee.io without a channel: give all of it, https:\/\/smee.io\/CHANNEL$/],
  ['https://smee.io/new', /^is where a channel is made/],
])('%s', (address, why) => {
  const said = whyNoRelay(address);
  if (why === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(why);
});
