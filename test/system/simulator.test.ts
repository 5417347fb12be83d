import { execa } from 'execa';
import { expect, it } from 'vitest';
import { defects } from '../simulator/defects.ts';
import { leaseDefects } from '../simulator/lease-defects.ts';

const main = new URL('../simulator/main.ts', import.meta.url).pathname;

function simulate(...options: string[]) {
  return execa(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...options], { reject: false });
}

it('20,000 random histories keep all promises', { timeout: 1_200_000 }, async () => {
  const { exitCode, stdout } = await simulate('--seed', '1', '--runs', '20000');
  expect(stdout.match(/^seed \d+ fails: .*/gm) ?? []).toEqual([]);
  expect(exitCode).toBe(0);
});

// What finds nothing proves nothing.
it.each(defects)('it finds that $name', { timeout: 600_000 }, async ({ name }) => {
  const options = ['--seed', '1', '--runs', '20000', '--failures', '1', '--workers', '1', '--defect', name];
  const { exitCode, stdout, stderr } = await simulate(...options);
  expect(`${stdout}${stderr}`).toMatch(/^seed \d+ fails: /m);
  expect(exitCode).toBe(1);
});

it('5,000 random histories of one lease keep what is promised of it', { timeout: 1_200_000 }, async () => {
  const { exitCode, stdout } = await simulate('--leases', '--seed', '1', '--runs', '5000');
  expect(stdout.match(/^seed \d+ fails: .*/gm) ?? []).toEqual([]);
  expect(exitCode).toBe(0);
});

it.each(leaseDefects)('it finds that $name', { timeout: 600_000 }, async ({ name }) => {
  const options = ['--leases', '--seed', '1', '--runs', '5000', '--failures', '1', '--workers', '1', '--defect', name];
  const { exitCode, stdout, stderr } = await simulate(...options);
  expect(`${stdout}${stderr}`).toMatch(/^seed \d+ fails: /m);
  expect(exitCode).toBe(1);
});
