// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of bash.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environments } from './environments.ts';

const jobScript = new URL('../../scripts/bot-build.slurm', import.meta.url).pathname;
const all = ['build', 'check-build', 'test', 'check-test'];

let job: string;
beforeEach(async () => {
  job = await mkdtemp(join(tmpdir(), 'bot-build-'));
});
afterEach(() => rm(job, { recursive: true, force: true, maxRetries: 10 }));

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(job, path)), { recursive: true });
  await writeFile(join(job, path), text);
  await chmod(join(job, path), mode);
}

/** Scripts that write down that they ran, with what they saw; they fail, which must not matter. */
async function makeScripts(names: readonly string[] = all, body = 'true'): Promise<void> {
  for (const name of names) {
    await write(`bot/${name}.sh`, `#!/bin/bash\necho "${name} $# $PWD" >>ran\n${body}\nexit 3\n`, 0o755);
  }
}

async function run(environment: Record<string, string> = {}) {
  return execa('bash', [jobScript], {
    cwd: job,
    reject: false,
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/home/u', SLURM_JOB_ID: '7', ...environment },
  });
}

const read = (path: string) => readFile(join(job, path), 'utf8');
const ran = async () =>
  (await read('ran'))
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);

describe('the scripts of the repository', () => {
  it('run in order, without arguments, in the job directory, whatever their exit status', async () => {
    await makeScripts();
    expect((await run()).exitCode).toBe(0);
    expect(await read('ran')).toBe(all.map((name) => `${name} 0 ${job}\n`).join(''));
    expect(await read('_bot_job7.end')).toBe('exit = 0\n');
    expect(await readdir(job)).not.toContain('_bot_job7.result');
  });

  it('without bot/build.sh: exit 1, nothing is checked, no result, but the end is marked', async () => {
    await makeScripts(['check-build', 'test', 'check-test']);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no bot/build.sh');
    expect((await readdir(job)).sort()).toEqual(['_bot_job7.end', 'bot']);
    expect(await read('_bot_job7.end')).toBe(
      'exit = 1\nreason = there is no bot/build.sh in the repository: nothing to build\n',
    );
  });

  it('without bot/check-build.sh: a default result', async () => {
    await makeScripts(['build', 'test', 'check-test']);
    expect((await run()).exitCode).toBe(0);
    expect(await ran()).toEqual(['build', 'test', 'check-test']);
    expect(await read('_bot_job7.result')).toBe(
      '[RESULT]\ncomment_description = _UNKNOWN result_ (there is no `bot/check-build.sh` that could judge the build)\nstatus = UNKNOWN\nartefacts =\n',
    );
  });

  it('without bot/test.sh: a line on stderr', async () => {
    await makeScripts(['build', 'check-build', 'check-test']);
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('there is no bot/test.sh');
    expect(await ran()).toEqual(['build', 'check-build', 'check-test']);
  });

  it('without bot/check-test.sh, tests skipped: a default test result in the section [TEST]', async () => {
    await makeScripts(['build', 'check-build', 'test']);
    await write('cfg/export_vars.sh', 'export SKIP_TESTS=yes\n');
    expect((await run()).exitCode).toBe(0);
    expect(await ran()).toEqual(['build', 'check-build']);
    expect(await read('_bot_job7.test')).toBe(
      '[TEST]\ncomment_description = _UNKNOWN test result_ (there is no `bot/check-test.sh` that could judge the tests)\nstatus = UNKNOWN\n',
    );
  });
});

describe('SKIP_TESTS', () => {
  it.each`
    what                                      | exported                     | environment              | tested
    ${'yes skips the tests, not their check'} | ${'export SKIP_TESTS=yes\n'} | ${{}}                    | ${false}
    ${'no runs them'}                         | ${'export SKIP_TESTS=no\n'}  | ${{}}                    | ${true}
    ${'of the submitter does not matter'}     | ${undefined}                 | ${{ SKIP_TESTS: 'yes' }} | ${true}
  `('$what', async ({ exported, environment, tested }) => {
    await makeScripts();
    if (exported) await write('cfg/export_vars.sh', exported);
    await run(environment);
    expect(await ran()).toEqual(tested ? all : ['build', 'check-build', 'check-test']);
  });
});

describe('cfg', () => {
  it('export_vars.sh reaches the scripts', async () => {
    await makeScripts(['build'], 'echo "$MINE" >mine');
    await write('cfg/export_vars.sh', 'export MINE=value\n');
    await run();
    expect(await read('mine')).toBe('value\n');
  });

  it.each`
    what                         | lines                                                     | inside
    ${'as it is'}                | ${(base: string) => `local_tmp = ${base}/plain`}          | ${'plain'}
    ${'$NAME'}                   | ${() => 'local_tmp = $BASE/$SLURM_JOB_ID/x'}              | ${'7/x'}
    ${'${NAME}, no blanks'}      | ${() => 'local_tmp=${BASE}/${SLURM_JOB_ID}y'}             | ${'7y'}
    ${'an unset variable'}       | ${() => 'local_tmp = $BASE/a$NONE'}                       | ${'a'}
    ${'no command is run'}       | ${() => 'local_tmp = $BASE/$(touch ran)'}                 | ${'$(touch ran)'}
    ${'a comment behind it'}     | ${(base: string) => `local_tmp = ${base}/plain  # x # y`} | ${'plain'}
    ${'a # within it'}           | ${() => 'local_tmp = $BASE/a#b'}                          | ${'a#b'}
    ${'without a last line end'} | ${() => 'http_proxy = a=b\nlocal_tmp = $BASE/z'}          | ${'z'}
  `('local_tmp gives each job an own TMPDIR: $what', async ({ lines, inside }) => {
    const base = join(job, 'disk');
    await makeScripts(['build'], 'echo "$TMPDIR" >tmpdir');
    await write('cfg/job.cfg', `[repository]\nlocal_tmp = /not/this\n\n[site_config]\n${lines(base)}`);
    await run({ BASE: base });
    const seen = (await read('tmpdir')).trimEnd();
    expect(seen.slice(0, -10)).toBe(`${base}/${inside}/eessi_job.`);
    expect(await readdir(join(base, inside))).toHaveLength(1);
  });

  it.each`
    what                       | cfg
    ${'no job.cfg'}            | ${undefined}
    ${'no local_tmp'}          | ${'[site_config]\nload_modules = a\n'}
    ${'one of other sections'} | ${'[site_config]\n\n[repository]\nlocal_tmp = /x\n'}
    ${'one that is indented'}  | ${'[site_config]\n  local_tmp = /x\n'}
    ${'one not exactly so'}    | ${'[site_config]\nmy_local_tmp = /x\nlocal_tmp_x = /y\n'}
  `('TMPDIR stays as it is: $what', async ({ cfg }) => {
    await makeScripts(['build'], 'echo "$TMPDIR" >tmpdir');
    if (cfg) await write('cfg/job.cfg', cfg);
    await run({ TMPDIR: '/given' });
    expect(await read('tmpdir')).toBe('/given\n');
  });

  it.each`
    what                 | given                   | seen
    ${'none given'}      | ${{}}                   | ${''}
    ${'one of the site'} | ${{ TMPDIR: '/given' }} | ${'/given'}
  `(
    'a local_tmp that cannot be made is said, and the job goes on with the TMPDIR it has: $what',
    async ({ given, seen }) => {
      await makeScripts(['build'], 'echo "$TMPDIR" >tmpdir');
      await write('cfg/job.cfg', '[site_config]\nlocal_tmp = /dev/null/x\n');
      const { exitCode, stderr } = await run(given);
      expect(exitCode).toBe(0);
      expect(stderr).toContain(
        `cannot make a directory in '/dev/null/x' (local_tmp); going on without it, TMPDIR is '${seen || '/tmp'}'.`,
      );
      expect(await read('tmpdir')).toBe(`${seen}\n`);
      expect(await read('_bot_job7.end')).toBe('exit = 0\n');
    },
  );

  it('local_tmp that cannot be written to is said too', async () => {
    await makeScripts(['build'], 'echo "$TMPDIR" >tmpdir');
    await write('cfg/job.cfg', '[site_config]\nlocal_tmp = /proc\n');
    expect((await run()).stderr).toContain("cannot make a directory in '/proc' (local_tmp); going on without it");
  });

  it('of a site of generation 6 leaves everything as it is', async () => {
    await makeScripts(all, 'echo "$TMPDIR $MINE $SITE" >seen');
    await write('cfg/export_vars.sh', 'export MINE=mine SKIP_TESTS=yes\n');
    await write('site.sh', 'export SITE=site\n');
    const site = `[site_config]\nlocal_tmp = ${job}/disk\nsite_config_script = site.sh\n`;
    await write('cfg/job.cfg', `${site}\n[architecture]\naccelerator = \n\n[job_script]\nsite_setup = no\n`);
    const { exitCode, stdout } = await run({ TMPDIR: '/given' });
    expect(exitCode).toBe(0);
    expect(await read('seen')).toBe('/given  \n');
    expect(stdout).not.toContain('sourcing');
    expect(await ran()).toEqual(all);
    expect(await readdir(job)).not.toContain('disk');
  });

  it('may hold bytes that are no UTF-8', async () => {
    await makeScripts(['build'], 'echo made >"$TMPDIR/made"');
    const base = Buffer.concat([Buffer.from(`${job}/d`), Buffer.from([0xe9])]);
    await mkdir(join(job, 'cfg'));
    const text = [Buffer.from('[site_config]\nlocal_tmp = '), base, Buffer.from('/x\n')];
    await writeFile(join(job, 'cfg/job.cfg'), Buffer.concat(text));
    const { stderr } = await run({ LC_ALL: 'C.UTF-8' });
    expect(stderr).not.toContain('local_tmp');
    expect(await readdir(Buffer.concat([base, Buffer.from('/x')]))).toHaveLength(1);
  });

  it('site_config_script is sourced after TMPDIR is made; what it does to the shell does no harm', async () => {
    await makeScripts(all, 'echo "$SITE" >site');
    await write('site.sh', 'export SITE="site $(basename "$(dirname "$TMPDIR")")"\nset -eu\ncd /\ntrap - EXIT\n');
    await write('cfg/job.cfg', `[site_config]\nlocal_tmp = ${job}/disk\nsite_config_script = ${job}/site.sh\n`);
    expect((await run()).exitCode).toBe(0);
    expect(await read('site')).toBe('site disk\n');
    expect(await ran()).toEqual(all);
    expect(await read('_bot_job7.end')).toBe('exit = 0\n');
  });

  it('a site_config_script without a slash is looked for here, one that is not there is left out', async () => {
    await makeScripts(['build'], 'echo "$SITE" >site');
    await write('site.sh', 'export SITE=here\n');
    await write('cfg/job.cfg', '[site_config]\nsite_config_script = site.sh\n');
    await run();
    expect(await read('site')).toBe('here\n');
    await write('cfg/job.cfg', '[site_config]\nsite_config_script = /missing.sh\n');
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr).toContain("'/missing.sh' (site_config_script) cannot be read");
  });
});

describe('a shell of the account', () => {
  it.each(environments)('with $what changes nothing', async ({ environment }) => {
    await makeScripts(['build', 'test'], 'true');
    await write('cfg/export_vars.sh', 'export MINE=mine\n');
    await write('cfg/job.cfg', `[site_config]\nlocal_tmp = ${job}/a disk$NONE\n`);
    for (const leftover of ['_bot_job7.end', '_bot_job7.end.tmp', '_bot_job7.result', '_bot_job7.test']) {
      await write(leftover, 'old\n');
    }
    const { exitCode } = await run(environment);
    expect(exitCode).toBe(0);
    expect(await ran()).toEqual(['build', 'test']);
    expect(await readdir(join(job, 'a disk'))).toHaveLength(1);
    expect(await read('_bot_job7.end')).toBe('exit = 0\n');
    expect(await read('_bot_job7.result')).toMatch(/^\[RESULT\]\n/);
    expect(await read('_bot_job7.test')).toMatch(/^\[TEST\]\n/);
  });
});

describe('the end marker', () => {
  it('of an earlier run is gone while the job runs', async () => {
    await write('_bot_job7.end', 'exit = 0\n');
    await makeScripts(['build'], 'ls _bot_job7.end >seen 2>/dev/null');
    await run();
    expect(await read('seen')).toBe('');
    expect(await read('_bot_job7.end')).toBe('exit = 0\n');
  });

  it('is not written by a job that is told to stop: it may run again', async () => {
    await makeScripts(['build'], 'kill -TERM $PPID');
    expect((await run()).exitCode).toBe(143);
    expect(await readdir(job)).not.toContain('_bot_job7.end');
  });

  it('is written when a sourced script exits', async () => {
    await makeScripts();
    await write('cfg/export_vars.sh', 'exit 5\n');
    expect((await run()).exitCode).toBe(5);
    expect(await read('_bot_job7.end')).toBe('exit = 5\n');
  });
});
