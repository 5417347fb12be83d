import { createHmac, generateKeyPairSync } from 'node:crypto';
import { on } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesOptions, type CasesSite, fileAppears, makeCasesSite, withSetting } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { linesOf, type Running, repository } from './site.ts';

// What goes wrong outside is seen at /health and in bot-admin status, with the last words, and is gone there when it goes well again.

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let handler: Running;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'troubles-'));
  slurm = await ScriptedSlurm.make(directory);
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function make(options: Partial<CasesOptions> = {}): Promise<void> {
  story = await makeCasesSite({ slurm: slurm.environment, ...options });
  handler = await story.site.startEventHandler();
}

interface Failing {
  readonly daemon: string;
  readonly kind: string;
  readonly count: number;
  readonly what: string;
}

const address = () => /http:\/\/[\d.:]+/.exec(handler.output())?.[0] ?? '';

/** /health, once it fits; both daemons write a report whenever something has changed. */
async function health(
  fits: (failing: readonly Failing[]) => boolean,
): Promise<{ status: number; failing: readonly Failing[] }> {
  const watcher = watch(join(story.directory, 'jobs/.bot'));
  try {
    const changes = on(watcher, 'change');
    for (;;) {
      const answer = await fetch(`${address()}/health`);
      const { failing } = (await answer.json()) as { failing: readonly Failing[] };
      if (fits(failing)) return { status: answer.status, failing };
      await changes.next();
    }
  } finally {
    watcher.close();
  }
}
const until = (kind: string, daemon = 'event handler') =>
  health((failing) => failing.some((each) => each.kind === kind && each.daemon === daemon));
const untilWell = () => health((failing) => failing.length === 0);
const admin = async () => (await story.site.run('scripts/bot-admin', 'status')).output;
const logged = async (daemon: string) =>
  (await linesOf(join(story.directory, `${daemon}.log`))).map((line) => JSON.parse(line));

it('jobs that Slurm refuses: its words, how often, and an end of it', async () => {
  await make();
  await story.openPullRequest();
  expect((await untilWell()).status).toBe(200);
  await slurm.script('sbatch', "echo 'sbatch: error: invalid partition specified: gone' >&2; exit 1");
  await story.comment(zen2);
  await story.comment(zen2);
  const { status, failing } = await health((all) => all.some(({ count }) => count === 2));
  expect(status).toBe(503);
  expect(failing).toMatchObject([{ daemon: 'event handler', kind: 'submission', count: 2 }]);
  expect(failing[0]?.what).toMatch(
    /^jobs cannot be submitted \(2 times since .*\): .*invalid partition specified: gone/,
  );
  expect(
    (await logged('event_handler')).filter(({ level, trouble }) => level >= 40 && trouble === 'submission'),
  ).not.toEqual([]);
  await handler.stop();
  handler = await story.site.startEventHandler(); // knows it still
  expect((await until('submission')).failing[0]?.count).toBe(2);
  expect(await admin()).toMatch(/^- event handler: jobs cannot be submitted \(2 times since /m);
  await slurm.script('sbatch', 'echo "Submitted batch job 77"');
  await story.comment(zen2);
  expect((await untilWell()).status).toBe(200);
});

it('a repository that cannot be fetched', async () => {
  await make({ environment: { GITHUB_SERVER_URL: 'http://127.0.0.1:9' } });
  await story.openPullRequest();
  const commented = story.github.comment(repository, story.number, 'alice', zen2);
  expect((await until('clone')).failing[0]?.what).toMatch(/^repositories cannot be fetched \(once since .*\): /);
  await commented;
});

it('deliveries whose signature is wrong count where GitHub lists them; what strangers make up does not', async () => {
  const environment = { GITHUB_APP_SECRET_TOKEN: 'another' };
  await make({ environment, settings: { 'event_handler.recovery_interval': '1' } });
  await untilWell();
  const post = async (signature?: string) => {
    const signed = signature === undefined ? {} : { 'x-hub-signature-256': `sha256=${signature}` };
    const headers = { 'x-github-event': 'ping', 'x-github-delivery': 'made-up', ...signed };
    return (await fetch(address(), { method: 'POST', body: '{}', headers })).status;
  };
  expect([await post(), await post('0'.repeat(64))]).toEqual([401, 401]);
  const comparisons = () => story.github.requests.filter(({ path }) => path.startsWith('/app/hook/deliveries')).length;
  const before = comparisons();
  await story.github.waitFor('two more comparisons', () => comparisons() >= before + 2);
  expect((await untilWell()).status).toBe(200);
  await story.openPullRequest(); // signed with the secret on the App's page
  const { status, failing } = await until('signature');
  expect([status, failing[0]?.what]).toEqual([503, expect.stringMatching(/fits neither GITHUB_APP_SECRET_TOKEN nor/)]);
  expect(await post(createHmac('sha256', 'another').update('{}').digest('hex'))).toBe(202);
  expect((await untilWell()).status).toBe(200);
});

it.each<[string, Record<string, string>, string, RegExp]>([
  [
    'an App that is not there',
    { 'github.app_id': '654321' },
    'installation',
    /Integration not found.*; there is no App with this app_id/,
  ],
  [
    'an installation that is not there',
    { 'github.installation_id': '7' },
    'installation',
    /the App has no installation with this installation_id/,
  ],
  [
    'a key of another App',
    { 'github.private_key': 'KEY' },
    'installation',
    /could not be decoded.*; private_key is not a key of the App that app_id names/,
  ],
])('%s is known after the start, without any command', async (_what, settings, kind, words) => {
  const key = join(directory, 'other-key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const entries = Object.entries(settings).map(([name, value]) => [name, value === 'KEY' ? key : value]);
  await make({ settings: Object.fromEntries(entries) });
  const manager = await story.site.startJobManager();
  for (const daemon of ['event handler', 'job manager']) {
    const { status, failing } = await until(kind, daemon);
    expect(status).toBe(503);
    expect(failing.find((each) => each.kind === kind && each.daemon === daemon)?.what).toMatch(words);
    expect(JSON.stringify(failing)).not.toContain(key);
  }
  await manager.stop();
});

it('git that is too old, and commands of Slurm that are not there, are known after the start', async () => {
  await writeFile(join(directory, 'bin/git'), '#!/bin/sh\necho git version 1.8.3.1\n', { mode: 0o755 });
  await make({ settings: { 'job_manager.scontrol_command': '/opt/slurm/bin/scontrol' } });
  const { failing } = await health((all) => all.length === 2);
  const what = (kind: string) => failing.find((each) => each.kind === kind)?.what;
  expect(what('git')).toMatch(/git 1\.8\.3\.1 is too old: 2\.18 or newer is needed/);
  expect(what('slurm')).toMatch(/there is no program \(path\) on this machine; write where it is/);
  expect(await admin()).toMatch(/there is no program \/opt\/slurm\/bin\/scontrol on this machine/);
});

it('a squeue that fails: both daemons say so', async () => {
  await slurm.script('squeue', 'echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1');
  await make();
  await story.site.startJobManager();
  await until('queue', 'job manager');
  const { failing } = await until('queue');
  expect(failing[0]?.what).toMatch(/^the queue cannot be read .*Unable to contact slurm controller/);
  expect((await admin()).match(/the queue cannot be read/g)).toHaveLength(2);
  await slurm.queue();
  await health((all) => all.every(({ daemon }) => daemon === 'event handler'));
});

it('uploads that fail: the last words of the script', async () => {
  const upload = join(directory, 'upload');
  await writeFile(upload, '#!/bin/bash\necho "status 403 (AccessDenied)" >&2\nexit 1\n', { mode: 0o755 });
  await make({ settings: { 'deploycfg.artefact_upload_script': upload, 'deploycfg.upload_policy': 'all' } });
  await story.site.startJobManager();
  await story.openPullRequest();
  const [job] = await story.build(zen2);
  const artefact = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1736078400.tar.gz';
  await writeFile(join(job.directory, artefact), 'x');
  await writeFile(
    join(job.directory, `_bot_job${job.id}.result`),
    `[RESULT]\ncomment_description = done\nstatus = SUCCESS\nartefacts = ${artefact}\n`,
  );
  await slurm.queue({ id: job.id, state: 'COMPLETED', workDir: job.directory });
  await story.until(job.commentId, /\|finished\|/);
  await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
  const { failing } = await until('upload', 'job manager');
  expect(failing[0]?.what).toMatch(/^uploads fail \(once since .*\): status 403 \(AccessDenied\) \(exit status 1\)$/);
  expect(await admin()).toMatch(
    /^- job manager: uploads fail \(once since .*\): status 403 \(AccessDenied\) \(exit status 1\)$/m,
  );
});

it('an app.cfg that is not valid keeps bot-admin from nothing that the daemons have left', async () => {
  await make();
  const path = join(story.directory, 'app.cfg');
  const text = await story.text('app.cfg');
  for (const broken of [withSetting(text, 'github.app_id', 'x'), `[nonsense\n${text}`]) {
    await writeFile(path, broken);
    await fileAppears(join(story.directory, 'jobs/.bot'), (name) => name === 'event-handler.json');
    const { status, output } = await story.site.run('scripts/bot-admin', 'status');
    expect(status).toBe(2);
    expect(output).toMatch(/app\.cfg is not valid: daemons that run go on with what they have read before\./);
    expect(output).toMatch(/^event handler {4}runs since /m);
    expect(output).toMatch(/^error: .*app\.cfg/m);
  }
});

it('stops while a mirror is packed, which may take an hour: git begins anew another day', async () => {
  await make();
  await story.openPullRequest();
  await story.build(zen2);
  expect(await handler.stop()).toBe(0);
  const { stdout: git } = await execa('which', ['git']);
  const text = `#!/bin/sh\ncase " $* " in *" gc "*) touch ${directory}/packing; sleep 3600 ;; *) exec ${git} "$@" ;; esac\n`;
  await writeFile(join(directory, 'bin/git'), text, { mode: 0o755 });
  handler = await story.site.startEventHandler();
  await fileAppears(directory, (name) => name === 'packing');
  expect(await handler.stop()).toBe(0);
});
