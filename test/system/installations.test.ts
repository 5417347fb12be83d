import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeTargetRepository } from '../../stand-ins/github/target-repository.ts';
import { type CasesSite, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// One instance for the repositories of two organisations; a third one has the App installed too, and is somebody else's.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'installations-'));
  slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({
    slurm: slurm.environment,
    app: { installationsOf: { eessi: 111, multixscale: 222, others: 333 } },
    settings: { 'github.installation_id': '111 222' },
  });
  for (const name of ['EESSI/layer', 'MultiXscale/layer', 'Others/layer'])
    await story.github.createRepository({ name, files: writeTargetRepository, private: true });
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

it('builds for each with the token of its own installation, and passes over what it is not meant for', async () => {
  await story.site.startEventHandler('--debug');
  for (const where of ['EESSI/layer', 'MultiXscale/layer']) {
    await story.openPullRequest(undefined, { repository: where });
    const { comments } = await story.comment('bot: build for:arch=x86_64/amd/zen2', 'alice', where);
    expect(jobIdsIn(comments)).toHaveLength(1);
  }
  const asked = story.github.requests.map(({ operationId, path }) => `${operationId} ${path}`);
  for (const id of [111, 222]) {
    expect(asked.filter((each) => each === `apps/get-installation /app/installations/${id}`)).toHaveLength(1);
    expect(asked).toContain(`apps/create-installation-access-token /app/installations/${id}/access_tokens`);
  }
  await story.github.openPullRequest('Others/layer', { branch: 'b', user: 'dave', commits: [] });
  expect(story.github.deliveries.at(-1)).toMatchObject({ status: 200 });
  expect(JSON.stringify(story.github.deliveries.at(-1))).toContain(
    'passed over: it is of installation 333, and installation_id in app.cfg is 111 222',
  );
});
