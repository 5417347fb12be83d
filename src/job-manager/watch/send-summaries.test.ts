import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginSummary } from '../../jobs/summaries.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { NeedsAdmin } from '../../outside/forge/forge.ts';
import type { Tools } from '../tools.ts';
import { sendSummaries } from './send-summaries.ts';
import { WatchMemory } from './watch-memory.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'send-summaries-'));
});
afterEach(async () => await rm(root, { recursive: true, maxRetries: 10 }));

it('a summary that has nothing new to show is no sign that other comments can be sent', async () => {
  const runDir = '/jobs/2026.03/pr_9/event_g-1/run_000';
  const job = { directory: `${runDir}/x/R`, repositoryId: 'R', for: { arch: 'x' }, on: { arch: 'x' } };
  await beginSummary(root, runDir, {
    version: 1,
    repository: { owner: 'O', name: 'R' },
    pullRequest: 9,
    by: 'carol',
    commit: 'a'.repeat(40),
    jobs: [job],
    rows: [{ state: 'finished', result: 'ok' as Markdown, job: '7' as Markdown, hasEnded: true }],
  });
  const memory = new WatchMemory();
  const away = new NeedsAdmin('403', { cause: undefined });
  memory.sending.failed('12', away, 0);
  memory.sending.allWait = false; // the next interval
  const settings = { stateDir: root, jobManager: { jobIdsDir: join(root, 'ids') } };
  const tools = { settings, monotonic: () => 1_000 } as unknown as Tools;
  expect(await sendSummaries([], tools, memory)).toEqual(new Set());
  expect(memory.sending.failed('12', away, 2_000)).toBe('all wait');
});
