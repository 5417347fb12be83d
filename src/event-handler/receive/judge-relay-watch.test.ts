import { expect, it } from 'vitest';
import { judgeRelayWatch } from './judge-relay-watch.ts';

const minute = 60_000;
const without = "./bot.sh restart event_handler --event-handler-opts '--pull 30' needs none";
const name = 'https://smee.io/…';
it.each`
  what                        | isConnected | forMilliseconds | lossesInHour | wasConnected | why             | words
  ${'it is heard'}            | ${true}     | ${0}            | ${0}         | ${true}      | ${null}         | ${undefined}
  ${'it was lost just now'}   | ${false}    | ${59_000}       | ${1}         | ${true}      | ${'status 503'} | ${undefined}
  ${'it is lost'}             | ${false}    | ${minute}       | ${1}         | ${true}      | ${'status 503'} | ${`${name} is not heard: status 503; ${without}`}
  ${'it was never heard'}     | ${false}    | ${minute}       | ${0}         | ${false}     | ${'status 404'} | ${`${name} is not heard: status 404: look at the address (SMEE_URL, --smee), HTTPS_PROXY, the network; ${without}`}
  ${'it has not answered'}    | ${false}    | ${minute}       | ${0}         | ${false}     | ${null}         | ${expect.stringContaining('it has not answered yet')}
  ${'it drops'}               | ${true}     | ${minute}       | ${6}         | ${true}      | ${null}         | ${`${name} is lost again and again, more than 5 times within an hour: take another relay; ${without}`}
  ${'it drops, as relays do'} | ${true}     | ${minute}       | ${5}         | ${true}      | ${null}         | ${undefined}
`('$what', ({ what: _, words, ...facts }) => {
  expect(judgeRelayWatch({ name, notBrought: 0, ...facts })).toEqual(
    words === undefined ? { kind: 'relay' } : { kind: 'relay', words },
  );
});

it.each`
  notBrought | words
  ${5}       | ${undefined}
  ${6}       | ${`${name} is connected and brings nothing: more than 5 deliveries in a row were fetched from GitHub's list; compare SMEE_URL with the address on the App's page, under Webhook (./bot.sh doctor does so)`}
`('$notBrought in a row that it did not bring', ({ notBrought, words }) => {
  const facts = { name, isConnected: true, why: null, lossesInHour: 0, forMilliseconds: minute, wasConnected: true };
  expect(judgeRelayWatch({ ...facts, notBrought })).toEqual({ kind: 'relay', ...(words && { words }) });
});
