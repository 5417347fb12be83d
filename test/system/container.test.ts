import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { containerEngine } from '../container-engine.ts';

// Needs an engine, and images and packages from outside: where these cannot be had it is left out, with the reason.

const root = join(import.meta.dirname, '../..');
const base = 'docker.io/library/node:24-trixie-slim';

it('Containerfile makes an image whose event handler starts', async ({ skip }) => {
  const engine = containerEngine() ?? '';
  const run = (...words: string[]) => execa(engine, words, { cwd: root, reject: false, all: true, timeout: 300_000 });
  const reached = await run('run', '--rm', base, 'sh', '-c', 'apt-get update && npm ping');
  if (reached.exitCode !== 0) skip(`no image, or no packages from within a container: ${reached.all.slice(-200)}`);
  const built = await run('build', '--file', 'Containerfile', '--iidfile', '/dev/stderr', '--quiet', '.');
  expect(built.all).toMatch(/sha256:|[0-9a-f]{64}/);
  expect(built.exitCode).toBe(0);
  const image = /[0-9a-f]{64}/.exec(built.all)?.[0] ?? '';
  try {
    const started = await run('run', '--rm', image, '--help');
    expect([started.all.split('\n')[0], started.exitCode]).toEqual(['Usage: event_handler.sh [options]', 0]);
    const refused = await run('run', '--rm', image);
    expect(refused.all).toContain('error: app.cfg: cannot be read');
    expect(refused.exitCode).toBe(2);
    expect((await run('run', '--rm', '--entrypoint', 'id', image, '-u')).all).toBe('1000');
  } finally {
    await run('rmi', '--force', image);
  }
});
