import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// The event handler is killed again and again, for no fault of what it handles.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'blame-'));
  slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({ slurm: slurm.environment });
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

it('a delivery that waits for GitHub through five kills is not set aside, and answered when GitHub answers', async () => {
  const operationId = 'reactions/create-for-issue-comment';
  let handler = await story.site.startEventHandler();
  await story.openPullRequest();
  const kills = 5;
  story.github.failNext({ operationId, times: kills, fault: 'hang' });
  const delivery = await story.github.comment(repository, story.number, 'alice', 'bot: help');
  for (let kill = 1; kill <= kills; kill++) {
    const asked = () => story.github.requests.filter((request) => request.operationId === operationId).length;
    await story.github.waitFor(`request ${kill}`, () => asked() === kill, 100);
    await handler.kill();
    handler = await story.site.startEventHandler();
  }
  await story.workedOff(delivery);
  const said = story.comments().filter(({ author }) => author.endsWith('[bot]'));
  expect(said).toHaveLength(1);
});
