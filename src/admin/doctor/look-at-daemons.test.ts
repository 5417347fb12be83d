import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lookAtDaemon } from './look-at-daemons.ts';

it.each([
  ['is not there', 'absent'],
  ['is a file', 'file'],
  ['would lie below a file', 'file/state'],
])('of a state directory that %s no daemon runs, and none has died', async (_, path) => {
  const directory = await mkdtemp(join(tmpdir(), 'look-at-daemons-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'file'), '');
  const findings = await lookAtDaemon(join(directory, path), 'job_manager');
  expect(findings.map(({ name, verdict }) => [name, verdict])).toEqual([['state/job_manager', 'not looked at']]);
});
