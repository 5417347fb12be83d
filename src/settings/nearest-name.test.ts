import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = [
  'help',
  'build',
  'show_config',
  'status',
  'poll_interval',
  'poll_command',
  'x86_64/amd/zen2',
  'x86_64/amd/zen3',
];

it.each([
  ['biuld', 'build'],
  ['buld', 'build'],
  ['BUILD', 'build'],
  ['pol_interval', 'poll_interval'],
  ['showconfig', 'show_config'],
  ['x86_64/amd/zen4', 'x86_64/amd/zen2'],
  ['build', 'build'],
  ['deploy', undefined],
  ['hi', undefined],
  ['', undefined],
])('%j is meant to be %j', (word, name) => {
  expect(nearestName(word, names)).toBe(name);
});
