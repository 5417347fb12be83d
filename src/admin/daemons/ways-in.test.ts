import { expect, it } from 'vitest';
import { waysIn } from './ways-in.ts';

it.each<[string, string[], object]>([
  ['none', ['--debug', '--config', 'my.cfg'], { asksItself: false }],
  ['--pull', ['--pull', '30'], { asksItself: true, pullSeconds: 30 }],
  ['--pull=', ['--pull=30', '-d'], { asksItself: true, pullSeconds: 30 }],
  ['a relay', ['--smee', 'https://smee.io/a'], { asksItself: false, smee: 'https://smee.io/a' }],
  ['the last of two relays', ['--smee=https://a', '--smee', 'https://b'], { asksItself: false, smee: 'https://b' }],
  ['a port and a host', ['-p', '3001', '--host=::1'], { asksItself: false, port: 3001, host: '::1' }],
  ['a port behind its letter', ['-p3002'], { asksItself: false, port: 3002 }],
])('%s', (_, words, ways) => expect(waysIn(words)).toEqual(ways));
