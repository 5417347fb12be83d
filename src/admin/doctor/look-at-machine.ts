import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { exists } from '../../outside/files/exists.ts';
import type { MachineFacts, SeenProcess } from './judge-machine.ts';
import type { DoctorTools } from './tools.ts';

const programMilliseconds = 10_000;

/** Reads what `judgeMachine` judges. */
export async function lookAtMachine({
  environment,
  environments,
  runProgram,
  checkGit,
  workingDirectory,
}: DoctorTools): Promise<MachineFacts> {
  const { username } = userInfo();
  const git = async (...words: string[]) =>
    await runProgram(
      { program: 'git', arguments: words },
      { environment: environments['git fetch'], timeoutMilliseconds: programMilliseconds, cwd: '/' },
    );
  const gitTrouble = await checkGit(environments.git);
  const version = await git('--version');
  const configuration = await git('config', '--list');
  return {
    node: process.version,
    wantsProxy: Boolean(environment['HTTPS_PROXY'] || environment['https_proxy']),
    ...(gitTrouble !== undefined && { gitTrouble }),
    git: version.kind === 'exited' ? version.stdout.trim() : '',
    gitConfiguration:
      configuration.kind === 'exited' && configuration.code <= 1
        ? { lines: configuration.stdout.split('\n') }
        : {
            trouble:
              'stderr' in configuration ? configuration.stderr.trim() || configuration.kind : configuration.message,
          },
    units: await unitsOf(environment['HOME']),
    ...(await lingering(username)),
    killsAtLogout: /^\s*KillUserProcesses\s*=\s*(yes|true|1)/im.test(await textOf('/etc/systemd/logind.conf')),
    account: username,
    processes: await ownProcesses(),
    workingDirectory,
  };
}

async function unitsOf(home: string | undefined): Promise<string[]> {
  if (home === undefined) return [];
  const names = await readdir(join(home, '.config/systemd/user')).catch(() => []); // a site without units
  return names.filter((name) => /^(bot@?|.*(event.handler|job.manager).*)\.service$/.test(name));
}

async function lingering(account: string): Promise<{ lingers?: boolean }> {
  const isThere = await exists('/run/systemd/system').catch(() => false);
  return isThere ? { lingers: await exists(join('/var/lib/systemd/linger', account)).catch(() => false) } : {};
}

/** Those whose directory may be read, which others' may not. */
async function ownProcesses(): Promise<SeenProcess[]> {
  const uid = userInfo().uid;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const seen = await Promise.all(
    pids.map(async (pid): Promise<SeenProcess[]> => {
      try {
        if ((await stat(join('/proc', pid))).uid !== uid) return [];
        const words = (await readFile(join('/proc', pid, 'cmdline'), 'utf8')).split('\0');
        return [{ pid: Number(pid), words, directory: await readlink(join('/proc', pid, 'cwd')) }];
      } catch {
        return []; // it has ended
      }
    }),
  );
  return seen.flat();
}

const textOf = async (path: string) => await readFile(path, 'utf8').catch(() => '');
