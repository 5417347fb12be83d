import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { daemonKinds } from '../daemon/daemon-kinds.ts';
import { takeLease } from '../daemon/lease.ts';
import { makeSite } from '../settings/fixtures/make-site.ts';

const program = join(import.meta.dirname, 'main.ts');
const empty = mkdtempSync(join(tmpdir(), 'empty-'));
afterAll(() => rmSync(empty, { recursive: true }));

it.each([
  [['--help'], 0, /^Usage: bot\.sh/],
  [['status', '--help'], 0, /^Usage: bot\.sh status/],
  [['foo'], 2, /^error: unknown command 'foo'/],
  [['status', '--nope'], 2, /^error: unknown option '--nope'/],
  [['logs', '-n', 'abc'], 2, /^error: option '-n, --lines <number>' argument 'abc' is invalid/],
  [['replay'], 2, /^error: missing required argument 'name'/],
  [['setup', '--nope'], 2, /^error: unknown option '--nope'/],
  [['upgrade', '--nope'], 2, /^error: unknown option '--nope'/],
  [['start', 'foo'], 2, /^error: .*foo/],
  [
    ['start', '--port', '3000'],
    2,
    /^error: unknown option '--port'\nOptions of a daemon itself: --event-handler-opts '--port 3000', for instance\. Help: \.\/bot\.sh start --help\n$/,
  ],
  [['stauts'], 2, /^error: unknown command 'stauts'\n\(Did you mean status\?\)\nHelp: .*\n$/],
  [['doctor', '--uplod'], 2, /^error: unknown option '--uplod'\n\(Did you mean --upload\?\)\nHelp: .* --help\n$/],
])('a command line of %j ends with %i', (words, status, beginning) => {
  const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  expect([run.status, `${run.stdout}${run.stderr}`]).toEqual([status, expect.stringMatching(beginning)]);
});

it.each([
  'check',
  'status',
  'start',
  'stop',
  'restart',
  'logs',
  'replay x',
  'drop x',
  'reseal',
  'ledger verify',
  'upgrade',
])('%s without app.cfg names setup and the example, once', (words) => {
  const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words.split(' ')], {
    cwd: empty,
    encoding: 'utf8',
  });
  expect(run.status).toBe(2);
  const told = run.stderr.split('\n').filter((line) => line.startsWith('error: '));
  expect(told).toEqual([
    expect.stringMatching(
      /^error: app\.cfg: cannot be read \(there is no such file\); run \.\/bot\.sh setup, .* copy \/.*\/app\.cfg\.example there/,
    ),
  ]);
});

it.each(['start', 'stop', 'restart', 'logs', 'status'])('%s says once that app.cfg cannot be looked at', (words) => {
  symlinkSync('loop.cfg', join(empty, 'loop.cfg'));
  const run = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, words, '--config', 'loop.cfg'],
    { cwd: empty, encoding: 'utf8' },
  );
  rmSync(join(empty, 'loop.cfg'));
  expect(run.status).toBe(2);
  const told = run.stderr.split('\n').filter((line) => line.startsWith('error: '));
  expect(told).toEqual([expect.stringMatching(/^error: loop\.cfg: cannot be read \(ELOOP: /)]);
});

it.each(['status', 'stop', 'start', 'doctor'])(
  '%s without app.cfg names the daemon that runs on without it',
  async (words) => {
    const daemon = spawn('sh', ['-c', 'read x', join(import.meta.dirname, '../job-manager/main.ts')], { cwd: empty });
    try {
      const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, words], {
        cwd: empty,
        encoding: 'utf8',
      });
      expect(run.stderr).toMatch(
        new RegExp(
          `^On this machine there still run, .*: job-manager \\(process ${daemon.pid}\\)\\. .*: kill ${daemon.pid}$`,
          'm',
        ),
      );
    } finally {
      daemon.stdin.end();
      await once(daemon, 'exit');
    }
  },
);

const site = await makeSite();
afterAll(() => site.remove());
const run = (...words: string[]) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], {
    cwd: site.dir,
    encoding: 'utf8',
    env: { ...process.env, GITHUB_APP_SECRET_TOKEN: '' },
  });

it.each`
  setting            | below      | said
  ${'jobs_base_dir'} | ${''}      | ${/jobs_base_dir = .*file is a file; write the path of a directory/}
  ${'state_dir'}     | ${'/deep'} | ${/state_dir = .*deep cannot be made: .*file is a file; write another path/}
`('a file in the place of $setting ($below) is told, beside other mistakes', async ({ setting, below, said }) => {
  const file = join(site.dir, 'file');
  writeFileSync(file, '');
  await site.writeAppCfg('generation-9.cfg', (text) =>
    text
      .replace(/^(?:state_dir|poll_interval) =.*/gm, '')
      .replace(/^jobs_base_dir = .*/m, (line) =>
        setting === 'jobs_base_dir' ? `jobs_base_dir = ${file}${below}` : line,
      )
      .replace('[bot_control]', `[bot_control]\n${setting === 'state_dir' ? `state_dir = ${file}${below}` : ''}`)
      .replace('[job_manager]', '[job_manager]\npoll_interval = often'),
  );
  const check = run('check');
  expect([check.status, check.stderr]).toEqual([2, expect.stringMatching(said)]);
  expect(check.stderr).toMatch(/poll_interval = often: /);
  expect(JSON.parse(run('check', '--json').stdout)).toMatchObject({ ok: false });
  const status = run('status');
  expect([status.status, status.stdout]).toEqual([2, expect.stringMatching(/event handler {4}was never started/)]);
  const stop = run('stop');
  expect([stop.status, stop.stdout]).toEqual([0, expect.stringMatching(/The event handler does not run\./)]);
});

/** Has this process hold the leases of both daemons, as reseal or as they do. */
async function hold(by?: 'reseal') {
  const stateDir = join(site.dir, 'state');
  await site.writeAppCfg('generation-9.cfg', (text) =>
    text.replace(/^state_dir =.*/gm, '').replace('[bot_control]', `[bot_control]\nstate_dir = ${stateDir}`),
  );
  const answers = await Promise.all(daemonKinds.map((kind) => takeLease(stateDir, kind, undefined, by)));
  return async () => {
    for (const answer of answers) if (answer.kind === 'taken') await answer.lease.release();
  };
}

it.each`
  words                                      | says
  ${['stop']}                                | ${'; it was not stopped'}
  ${['start', 'job_manager']}                | ${'; nothing was started'}
  ${['restart', '--job-manager-opts', '-d']} | ${'; it was not stopped'}
`('reseal is no daemon for $words', async ({ words, says }) => {
  const release = await hold('reseal');
  try {
    const { status, stderr } = run(...words);
    const told = stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect([status, told.at(-1)]).toEqual([
      1,
      `error: ./bot.sh reseal is at work in the place of the job manager, as process ${process.pid} on ${hostname()}; wait for its end${says}`,
    ]);
  } finally {
    await release();
  }
});

it('start wants no secret for an event handler that runs, and start and restart want it before they start one', async () => {
  const release = await hold();
  try {
    const { status, stderr } = run('start');
    expect(status).toBe(1);
    expect(stderr).not.toContain('GITHUB_APP_SECRET_TOKEN');
    expect(stderr).toMatch(/^error: the event handler runs already.*\nerror: the job manager runs already/m);
  } finally {
    await release();
  }
  expect(run('restart', 'event_handler').stderr).toMatch(
    /GITHUB_APP_SECRET_TOKEN: is not set: .*\nThe event handler was not started\.\n$/s,
  );
  expect(run('start').stderr).toMatch(
    /GITHUB_APP_SECRET_TOKEN: is not set: .* \.\/bot\.sh start --event-handler-opts '--pull 30'\n.*Nothing was started\.\n$/s,
  );
});
