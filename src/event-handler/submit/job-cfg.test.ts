import { expect, it } from 'vitest';
import { exampleSettings, exampleSettings6 } from '../../../test/example-settings.ts';
import { dialects } from '../../settings/dialects.ts';
import { jobCfg } from './job-cfg.ts';

it.each`
  what                          | settings                                          | ending
  ${'generation 9'}             | ${exampleSettings()}                              | ${''}
  ${'generation 7 or 8'}        | ${exampleSettings6({ dialect: dialects['7-8'] })} | ${''}
  ${'generation 6, for TMPDIR'} | ${exampleSettings6()}                             | ${'[job_script]\nsite_setup = no\n\n'}
`('tells the job script what it may do: $what', ({ settings, ending }) => {
  const [nodeType] = settings.nodeTypes;
  const text = jobCfg(settings, { nodeType, repositoryId: 'R1', forArch: 'x86_64/generic', exports: [] }, undefined);
  const [, after = ''] = /\[architecture\]\n(?:.+\n)+\n([\s\S]*)$/.exec(text) ?? [];
  expect(after).toBe(ending);
});
