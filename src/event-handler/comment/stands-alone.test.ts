import { expect, it } from 'vitest';
import { standsAlone } from './stands-alone.ts';

it.each`
  body                                                 | alone
  ${'bot: ping'}                                       | ${true}
  ${'Is it alive?\n\nbot: ping inst:bot-a\nbot: help'} | ${true}
  ${'bot: show_config'}                                | ${true}
  ${'bot: ping\nbot: build for:arch=a'}                | ${false}
  ${'bot: status'}                                     | ${false}
  ${'bot: pnig'}                                       | ${false}
  ${'> bot: ping'}                                     | ${false}
  ${'Thank you.'}                                      | ${false}
`('$body: $alone', ({ body, alone }) => {
  expect(standsAlone(body)).toBe(alone);
});
