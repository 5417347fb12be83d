import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { syncFileSystems } from '../files/sync-file-systems.ts';
import { runProgram } from './run-program.ts';

const tools = { runProgram, environments: { tool: { PATH: '/usr/bin:/bin' } } };

it('says nothing where all is on the disk', async () => {
  expect(await syncFileSystems([tmpdir(), '/'], tools)).toBeUndefined();
});

it('says what became of the program where it could not', async () => {
  const missing = await syncFileSystems([tmpdir(), '/there/is/no/such'], tools);
  expect(missing).toMatchObject({ kind: 'exited', code: 1, stderr: expect.stringContaining('/there/is/no/such') });
  const noProgram = await syncFileSystems([tmpdir()], {
    ...tools,
    environments: { tool: { PATH: '/there/is/no/such' } },
  });
  expect(noProgram).toMatchObject({ kind: 'not-started', code: 'ENOENT' });
});
