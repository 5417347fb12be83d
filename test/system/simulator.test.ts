import { expect, it } from 'vitest';
import { defects } from '../simulator/defects.ts';
import { leaseDefects } from '../simulator/lease-defects.ts';
import { runSimulator } from '../simulator/run-simulator.ts';

// 3,000 histories and 1,500 of one lease; the first of each are in first-histories.test.ts. `npm run simulate` plays more.

it('2,000 more random histories keep all promises', { timeout: 1_200_000 }, async () => {
  const { exitCode, stdout } = await runSimulator('--seed', '1001', '--runs', '2000', '--no-story');
  expect(stdout.match(/^seed \d+ fails: .*/gm) ?? []).toEqual([]);
  expect(exitCode).toBe(0);
});

const firstThatFails = ['--failures', '1', '--workers', '1', '--no-story'];

// What finds nothing proves nothing.
it.each(defects)('it finds that $name', { timeout: 600_000 }, async ({ name, seed = 1 }) => {
  const options = [...firstThatFails, '--seed', `${seed}`, '--runs', '20000', '--defect', name];
  const { exitCode, stdout, stderr } = await runSimulator(...options);
  expect(`${stdout}${stderr}`).toMatch(/^seed \d+ fails: /m);
  expect(exitCode).toBe(1);
});

it('1,000 more random histories of one lease keep what is promised of it', { timeout: 1_200_000 }, async () => {
  const { exitCode, stdout } = await runSimulator('--leases', '--seed', '501', '--runs', '1000', '--no-story');
  expect(stdout.match(/^seed \d+ fails: .*/gm) ?? []).toEqual([]);
  expect(exitCode).toBe(0);
});

it.each(leaseDefects)('it finds that $name', { timeout: 600_000 }, async ({ name, seed = 1 }) => {
  const options = [...firstThatFails, '--leases', '--seed', `${seed}`, '--runs', '5000', '--defect', name];
  const { exitCode, stdout, stderr } = await runSimulator(...options);
  expect(`${stdout}${stderr}`).toMatch(/^seed \d+ fails: /m);
  expect(exitCode).toBe(1);
});
