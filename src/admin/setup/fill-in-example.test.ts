import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fillInExample } from './fill-in-example.ts';
import { reposWithoutBundles, siteValues } from './site-values.ts';

const root = join(import.meta.dirname, '../../..');
const example = (name: string) => readFileSync(join(root, name), 'utf8');

describe('filling in', () => {
  const text = '# [a] is\n[a]\n# key = 1\nother =\n    first\n    second\n\n[b]\nkey = B\n';
  it.each([
    { what: 'a value', values: { 'b.key': 'new' }, filled: text.replace('key = B', 'key = new') },
    { what: 'a setting that was a comment', values: { 'a.key': '2' }, filled: text.replace('# key = 1', 'key = 2') },
    {
      what: 'a value of several lines',
      values: { 'a.other': 'x\ny' },
      filled: text.replace(/other =\n.*\n.*/, 'other = x\n    y'),
    },
    { what: 'percent signs', values: { 'b.key': '50%' }, filled: text.replace('key = B', 'key = 50%%') },
    { what: 'nothing', values: { 'b.key': '' }, filled: text.replace('key = B', 'key =') },
  ])('takes $what', ({ values, filled }) => {
    expect(fillInExample(text, values)).toBe(filled);
  });

  it('refuses what the example does not have', () => {
    expect(() => fillInExample(text, { 'b.other': '1' })).toThrow('app.cfg.example has no b.other');
  });
});

it('leaves no capital letters in the example to be replaced', () => {
  const filled = fillInExample(
    example('app.cfg.example'),
    siteValues({
      answers: {
        name: 'my-bot',
        receive: 'pull',
        permission: 'alice',
        jobs: '/shared/jobs',
        shared: '/shared/bot',
        endpoint: 'https://s3.example.org',
        bucket: 'staging',
        organization: '',
        checks: 'yes',
        units: 'no',
      },
      app: { id: 1, name: 'My other bot', slug: 'my-other-bot', installationId: 2, keyPath: '/home/me/key.pem' },
      root: '/opt/bot',
      directory: '/home/me',
      nodeTypes: {},
      programs: { sbatch: '/opt/slurm/bin/sbatch' },
    }),
  );
  const settings = filled.split('\n').filter((line) => !line.startsWith('#'));
  expect(settings.filter((line) => /PATH_TO|URL_TO|GH_ACCOUNT|APP_ID|_ID\b|JOB_NAME|MY-/.test(line))).toEqual([]);
  expect(settings).toContain('submit_command = /opt/slurm/bin/sbatch');
  expect(settings).toContain('check_runs = true');
  expect(settings).toContain('app_name = my-other-bot'); // as GitHub has it
  expect(settings).toContain('job_name = my-other-bot');
  expect(settings).toContain('poll_command = /usr/bin/squeue');
});

it('leaves out bundles that do not come with the bot', () => {
  const settings = reposWithoutBundles(example('repos.cfg.example'))
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  expect(settings.filter((line) => line.startsWith('config_'))).toEqual([]);
  expect(settings).toContain('[eessi.io-2023.06]');
});
