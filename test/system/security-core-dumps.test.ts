import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
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

/** Of a signal in the sets of /proc/PID/status. */
const bitOf = (signal: NodeJS.Signals) => 1n << BigInt(constants.signals[signal] - 1);

async function coreLimitsOf(pid: number | 'self'): Promise<RegExpExecArray | null> {
  return /^Max core file size +(\S+) +(\S+)/m.exec(await readFile(`/proc/${pid}/limits`, 'utf8'));
}

it.each(['SIGABRT', 'SIGSEGV'] as const)(
  '%s ends a daemon, and leaves no core dump; its children leave none',
  async (signal) => {
    await slurm.script(
      'squeue',
      `{ ulimit -c; ulimit -Hc; cat /proc/$PPID/status; } >${directory}/new && mv ${directory}/new ${directory}/seen-by-squeue`,
    );
    story = await makeCasesSite({ slurm: slurm.environment });
    const daemons = [await story.site.startEventHandler(), await story.site.startJobManager()];
    for (const { process: daemon } of daemons) {
      expect((await coreLimitsOf(daemon.pid ?? 0))?.slice(1)).toEqual(['0', '0']);
    }
    await fileAppears(directory, (name) => name === 'seen-by-squeue');
    const seen = await readFile(join(directory, 'seen-by-squeue'), 'utf8');
    expect(seen).toMatch(/^0\n0\nName:/);
    // Nor does a daemon catch what is to end it at once: a signal that is caught can be lost.
    const caught = BigInt(`0x${/^SigCgt:\s+([0-9a-f]+)/m.exec(seen)?.[1]}`);
    expect(caught & bitOf('SIGABRT')).toBe(0n);
    expect(caught & bitOf('SIGTERM')).not.toBe(0n);
    for (const { process: daemon } of daemons) {
      const ended = once(daemon, 'exit');
      daemon.kill(signal);
      expect(await ended).toEqual([null, signal]);
    }
    expect((await readdir(story.directory)).filter((name) => name.startsWith('core'))).toEqual([]);
  },
);
