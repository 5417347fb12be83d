import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, missingPrograms, whyNoProgram } from './find-program.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'programs-'));
  await mkdir(join(directory, 'one/tool'), { recursive: true });
  await mkdir(join(directory, 'two'));
  await writeFile(join(directory, 'two/tool'), '', { mode: 0o755 });
  await writeFile(join(directory, 'one/text'), '', { mode: 0o644 });
});
afterAll(() => rm(directory, { recursive: true }));

const within = (text: string) => text.replaceAll('DIR', directory);

it.each([
  ['tool', 'DIR/one:DIR/two', {}, undefined],
  ['tool', '/nowhere', { PATH: 'DIR/two' }, undefined],
  ['./tool', '', {}, undefined],
  ['DIR/two/tool', '', {}, undefined],
  ['tool', 'DIR/one', {}, 'there is no program tool in PATH (DIR/one) on this machine; write its full path'],
  ['DIR/one/tool', '', {}, 'there is no program DIR/one/tool on this machine; write where it is'],
  ['text', 'DIR/one:DIR/two', {}, 'DIR/one/text is not executable; run chmod +x on it'],
  ['/opt/%(cluster)s/scontrol', '', {}, undefined],
])('%s in %s with %j: %s', async (program, searchPath, environment, why) => {
  const variables = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, within(value)]));
  const call = { program: within(program), environment: variables };
  expect(await whyNoProgram(call, within(searchPath), join(directory, 'two'))).toBe(why && within(why));
});

it('finds the first that may be executed, and tells what is missing once', async () => {
  expect(await findProgram('tool', within('DIR/one:DIR/two'))).toBe(within('DIR/two/tool'));
  const call = { program: '/nowhere/a', environment: {} };
  expect(await missingPrograms([call, call, { ...call, program: '/nowhere/b' }], '')).toBe(
    'there is no program /nowhere/a on this machine; write where it is; there is no program /nowhere/b on this machine; write where it is',
  );
});
