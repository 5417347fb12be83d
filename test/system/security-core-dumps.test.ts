import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// A daemon that dies leaves nothing in which its secrets could be read.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let before: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'security-core-dumps-'));
  slurm = await ScriptedSlurm.make(directory);
  // Of this process, from which the daemons have theirs: as generous as it may be.
  const [, soft, hard] = (await coreLimitsOf('self')) ?? [];
  before = `${soft}:${hard}`;
  await setCoreLimit(`${hard}:${hard}`);
});
afterEach(async () => {
  await setCoreLimit(before);
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const setCoreLimit = (limit: string) => execa('prlimit', [`--pid=${process.pid}`, `--core=${limit}`]);

async function coreLimitsOf(pid: number | 'self'): Promise<RegExpExecArray | null> {
  return /^Max core file size +(\S+) +(\S+)/m.exec(await readFile(`/proc/${pid}/limits`, 'utf8'));
}

it.each(['SIGABRT', 'SIGSEGV'] as const)(
  '%s ends a daemon, and leaves no core dump; its children leave none',
  async (signal) => {
    await slurm.script(
      'squeue',
      `echo "$(ulimit -c) $(ulimit -Hc)" >${directory}/new && mv ${directory}/new ${directory}/limits-of-squeue`,
    );
    story = await makeCasesSite({ slurm: slurm.environment });
    const daemons = [await story.site.startEventHandler(), await story.site.startJobManager()];
    for (const { process: daemon } of daemons) {
      expect((await coreLimitsOf(daemon.pid ?? 0))?.slice(1)).toEqual(['0', '0']);
    }
    await fileAppears(directory, (name) => name === 'limits-of-squeue');
    expect(await readFile(join(directory, 'limits-of-squeue'), 'utf8')).toBe('0 0\n');
    for (const { process: daemon } of daemons) {
      const ended = once(daemon, 'exit');
      daemon.kill(signal);
      expect(await ended).toEqual([null, signal]);
    }
    expect((await readdir(story.directory)).filter((name) => name.startsWith('core'))).toEqual([]);
  },
);
