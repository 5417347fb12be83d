import { expect, it } from 'vitest';
import type { ProgramResult } from '../outside/processes/run-program.ts';
import { countRequests, countSlurm } from './count-outside.ts';
import { Metrics } from './metrics.ts';

const linesOf = async (metrics: Metrics, part: RegExp) =>
  (await metrics.read()).split('\n').filter((line) => part.test(line) && !line.startsWith('#'));

it('requests by kind and status; of each budget what the last answer told', async () => {
  const metrics = new Metrics('event handler', '1');
  let now = 0;
  const onRequest = countRequests(metrics, () => now);
  const budget = { as: 'installation', resource: 'core', limit: 5000, resetsAt: 3600 } as const;
  onRequest({ request: 'create comment', status: 201, budget: { ...budget, remaining: 4990 } });
  onRequest({ request: 'create comment', status: 201, budget: { ...budget, remaining: 4989 } });
  onRequest({ request: 'list deliveries' });
  expect(await linesOf(metrics, /github/)).toEqual([
    'build_bot_github_requests_total{request="create comment",status="201"} 2',
    'build_bot_github_requests_total{request="list deliveries",status="none"} 1',
    'build_bot_github_rate_limit_remaining{as="installation",resource="core"} 4989',
    'build_bot_github_rate_limit{as="installation",resource="core"} 5000',
  ]);
  now = 3_600_001;
  expect(await linesOf(metrics, /github_rate/)).toEqual([]);
});

const said = { stdout: '', stderr: '' };
it.each<[ProgramResult, string]>([
  [{ kind: 'exited', code: 0, ...said }, 'ok'],
  [{ kind: 'exited', code: 1, ...said }, 'failed'],
  [{ kind: 'killed', signal: 'SIGKILL', ...said }, 'killed'],
  [{ kind: 'timed-out', milliseconds: 1, ...said }, 'timed out'],
  [{ kind: 'not-started', code: 'ENOENT', message: '' }, 'not started'],
  [{ kind: 'too-much-output', ...said }, 'too much output'],
])('a command of Slurm that came to %j: %s', async (result, word) => {
  const metrics = new Metrics('job manager', '1');
  countSlurm(metrics)('squeue', result, 250);
  expect(await linesOf(metrics, /slurm.*_sum/)).toEqual([
    `build_bot_slurm_command_duration_seconds_sum{program="squeue",result="${word}"} 0.25`,
  ]);
});
