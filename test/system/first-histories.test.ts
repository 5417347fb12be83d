import { expect, it } from 'vitest';
import { runSimulator } from '../simulator/run-simulator.ts';

// The first ones of those that are played in simulator.test.ts.

it.each([
  { which: '1,000 random histories keep all promises', options: ['--runs', '1000'] },
  { which: '500 random histories of one lease keep what is promised of it', options: ['--leases', '--runs', '500'] },
])('$which', { timeout: 600_000 }, async ({ options }) => {
  const { exitCode, stdout } = await runSimulator('--seed', '1', ...options);
  expect(stdout.match(/^seed \d+ fails: .*/gm) ?? []).toEqual([]);
  expect(exitCode).toBe(0);
});
