import { expect, it } from 'vitest';
import { fine } from './finding.ts';
import { takeLooks } from './look.ts';

it('what hangs, and what throws, is a finding; the others are told in their order', async () => {
  const findings = await takeLooks([
    { name: 'files/state_dir', withinSeconds: 0, look: () => new Promise(() => {}) },
    { name: 'machine/git', withinSeconds: 60, look: async () => Promise.reject(new Error('it broke')) },
    { name: 'machine/node', withinSeconds: 60, look: async () => [fine('machine/node', 'v24')] },
  ]);
  expect(findings.map(({ name, verdict, seen }) => `${verdict}: ${name}: ${seen}`)).toEqual([
    'failure: files/state_dir: no answer within 0 s',
    'failure: machine/git: could not be looked at: it broke',
    'ok: machine/node: v24',
  ]);
});
