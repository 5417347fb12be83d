import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { linesOf, makeSite, type Site, webhookSecret } from './site.ts';
import { type RunningUnit, startUnit } from './start-unit.ts';

// Both daemons as units: what they tell systemd over a real socket, what it does then, and what else may start or end them.

const root = join(import.meta.dirname, '../..');
const unitPath = (daemon: string) => join(root, `scripts/systemd/bot@${daemon}.service`);
let home: string;
let slurm: ScriptedSlurm;
let site: Site;
const running: RunningUnit[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bot-units-'));
  await symlink(root, join(home, 'build-test-deploy-bot'));
  await mkdir(join(home, '.config/bot'), { recursive: true });
  await writeFile(join(home, '.config/bot/event_handler.env'), `GITHUB_APP_SECRET_TOKEN=${webhookSecret}\n`);
  slurm = await ScriptedSlurm.make(join(home, 'slurm'));
  site = await makeSite({ slurm: slurm.environment });
});
afterEach(async () => {
  for (const unit of running.splice(0)) await unit.stop();
});
afterAll(async () => {
  await site?.close();
  await rm(home, { recursive: true, force: true, maxRetries: 10 });
});

async function start(daemon: 'event_handler' | 'job_manager', instead: Record<string, string> = {}, options = '') {
  const { GITHUB_APP_SECRET_TOKEN: _, ...environment } = site.environment; // it comes from the file
  const ExecStart = `${join(root, `${daemon}.sh`)} ${options}`.trim();
  const places = { WorkingDirectory: site.directory, ExecStart };
  const unit = await startUnit(unitPath(daemon), {
    home,
    environment,
    instead: { RestartSec: '0', ...places, ...instead },
    ...(instead['WatchdogSec'] === undefined && { toldWatchdogSeconds: 3 }),
  });
  running.push(unit);
  return unit;
}

const said = (unit: RunningUnit) => unit.notifications.map(({ assignments }) => assignments);
const feeds = (unit: RunningUnit) => said(unit).filter(({ WATCHDOG }) => WATCHDOG === '1').length;
const isActive = ({ state }: RunningUnit) => state === 'active';

it('the units are what systemd understands, and name no path of a machine', async () => {
  const units = ['event_handler', 'job_manager'].map(unitPath);
  const environment = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home };
  const words = ['--user', 'verify', '--man=no', ...units];
  const { status, stdout, stderr } = spawnSync('systemd-analyze', words, { env: environment, encoding: 'utf8' });
  expect([status, `${stdout}${stderr}`]).toEqual([0, '']);
  for (const unit of units) expect(await readFile(unit, 'utf8')).not.toMatch(/=\/(?!bin\/kill )/);
});

describe('the event handler', () => {
  it('is ready when it listens, lives, reloads its log, and ends when it is told to', async () => {
    const unit = await start('event_handler', {}, '--port 0');
    await unit.waitUntil(isActive);
    expect(unit.output).toContain('The event handler listens on');
    expect(unit.status).toMatch(/^listens on http:\/\/127\.0\.0\.1:\d+/);
    await unit.waitUntil((now) => feeds(now) >= 2);
    const log = join(site.directory, 'event_handler.log');
    await rename(log, `${log}.1`);
    unit.reload();
    const isReloading = ({ RELOADING }: Record<string, string>) => RELOADING === '1';
    await unit.waitUntil((now) => said(now).some(isReloading) && isActive(now));
    const reload = said(unit).findIndex(isReloading);
    const { MONOTONIC_USEC } = said(unit)[reload] ?? {};
    const uptime = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) * 1_000_000;
    expect(Number(MONOTONIC_USEC)).toBeLessThanOrEqual(uptime + 1_000_000);
    expect(
      said(unit)
        .slice(reload)
        .some(({ READY }) => READY === '1'),
    ).toBe(true);
    await unit.stop();
    expect(await linesOf(log)).toContainEqual(expect.stringContaining('"msg":"stopping"')); // in the new file
    expect([unit.starts, unit.results]).toEqual([1, ['success']]);
    // The last one may be cut off by the end of the daemon.
    expect(
      unit.notifications.filter(({ isSenderThere, assignments }) => !isSenderThere && assignments['STOPPING'] !== '1'),
    ).toEqual([]);
  });

  it('is not started again where app.cfg, or an option, is not valid', async () => {
    const unit = await start('event_handler', {}, '--port 0 --no-such-option');
    await unit.waitUntil(({ state }) => state === 'failed');
    expect([unit.starts, unit.results]).toEqual([1, ['exit-code 2']]);
    const other = await start('event_handler', {}, '--config no-such.cfg');
    await other.waitUntil(({ state }) => state === 'failed');
    expect([other.starts, other.results]).toEqual([1, ['exit-code 2']]);
  });

  it('is ready on standby, and says what it waits for', async () => {
    const first = await start('event_handler', {}, '--port 0');
    await first.waitUntil(isActive);
    const second = await start('event_handler', {}, '--port 0 --standby');
    await second.waitUntil((now) => isActive(now) && feeds(now) >= 2);
    expect(second.status).toMatch(/^The event handler is on standby: an event handler runs already/);
    await first.stop();
    await second.waitUntil(({ status }) => status.startsWith('listens on'));
  });
});

describe('the job manager', () => {
  it('is started again when it is killed', async () => {
    const unit = await start('job_manager');
    await unit.waitUntil(isActive);
    expect(unit.status).toMatch(/^follows 0 jobs/);
    process.kill(unit.pid, 'SIGKILL');
    await unit.waitUntil((now) => now.starts === 2 && isActive(now));
    expect(unit.results).toEqual(['SIGKILL']);
  });

  it('says that it stops, and ends after what it has begun', async () => {
    const [begun, goOn] = [join(home, 'begun'), join(home, 'go-on')];
    execFileSync('mkfifo', [begun, goOn]);
    const unit = await start('job_manager');
    await unit.waitUntil(isActive);
    await slurm.script('squeue', `echo >'${begun}'; cat '${goOn}'`);
    await readFile(begun);
    const stopped = unit.stop();
    await unit.waitUntil((now) => said(now).some(({ STOPPING }) => STOPPING === '1'));
    expect([unit.state, unit.status]).toEqual(['deactivating', 'ends after this step']);
    await writeFile(goOn, '');
    await stopped;
    expect(unit.results).toEqual(['success']);
    await slurm.script('squeue', '');
  });

  it('is ended by the watchdog and started again where its loop hangs, though its process lives', async () => {
    const unit = await start('job_manager', { WatchdogSec: '12' });
    await unit.waitUntil((now) => feeds(now) >= 1);
    await slurm.script('squeue', 'exec sleep 28'); // the bot ends it after 30 s
    await unit.waitUntil(({ results }) => results.includes('watchdog'));
    await slurm.script('squeue', '');
    await unit.waitUntil((now) => now.starts > 1 && isActive(now));
  });
});

it('a run that works off once ends with 75 where a daemon works, and calls that no error', async () => {
  for (const daemon of ['event_handler', 'job_manager'] as const) {
    const unit = await start(daemon, {}, daemon === 'event_handler' ? '--port 0' : '');
    await unit.waitUntil(isActive);
    const once = daemon === 'event_handler' ? ['--cron'] : ['-i', '1'];
    const { status, stdout, stderr } = spawnSync(join(root, `${daemon}.sh`), once, {
      cwd: site.directory,
      env: { ...site.environment },
      encoding: 'utf8',
    });
    expect(status).toBe(75);
    expect(stderr).not.toContain('error');
    expect(stdout).toMatch(/^Nothing was done by this run: an? (event handler|job manager) runs already/m);
    await unit.stop();
    expect((await site.run(`${daemon}.sh`, ...once)).status).toBe(0);
  }
});

it('a daemon outlives the terminal in which it was started', () => {
  const script = `
import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b''
while b'looks at the queue' not in seen:
    seen += os.read(terminal, 4096)
os.close(terminal)
print(pid)
`;
  const words = ['-c', script, join(root, 'job_manager.sh')];
  const options = { cwd: site.directory, env: { ...site.environment }, encoding: 'utf8' } as const;
  const pid = Number(execFileSync('python3', words, options));
  const bot = (...command: string[]) => spawnSync(join(root, 'bot.sh'), command, options);
  const { stdout } = bot('stop', 'job_manager');
  expect(stdout).toContain(`Stopped: the job manager (process ${pid}).`);
});
