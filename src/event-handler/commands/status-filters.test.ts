import { expect, it } from 'vitest';
import type { ToldBuild } from '../../messages/told-build.ts';
import { dialects } from '../../settings/dialects.ts';
import { parseCommand } from '../comment/parse-command.ts';
import { selectBuilds } from './status.ts';

const build = (jobId: string, arch: string, repository: string, accelerator?: string): ToldBuild => ({
  on: { arch: 'amd-zen3' },
  for: { arch, ...(accelerator ? { accelerator } : {}) },
  repository,
  state: 'finished',
  result: 'x',
  date: 'x',
  url: 'x',
  jobId,
});

const builds = [
  build('11', 'x86_64/amd/zen3', 'R1'),
  build('12', 'x86_64/amd/zen3', 'R2', 'nvidia/cc80'),
  build('21', 'aarch64/generic', 'R1'),
];

it.each`
  filters                 | jobs
  ${''}                   | ${['11', '12', '21']}
  ${'repo:R1'}            | ${['11', '21']}
  ${'arch:amd-zen3'}      | ${['11', '12']}
  ${'acc:nvidia=cc80'}    | ${['12']}
  ${'job:^1'}             | ${['11', '12']}
  ${'inst:bot-a repo:R2'} | ${['12']}
  ${'inst:bot-b'}         | ${[]}
`('bot: status $filters: $jobs', ({ filters, jobs }) => {
  const command = parseCommand(`status ${filters}`, dialects['9']);
  const chosen = command.kind === 'command' ? selectBuilds(command.filters, builds, 'bot-a') : [];
  expect(chosen.map(({ jobId }) => jobId)).toEqual(jobs);
});
