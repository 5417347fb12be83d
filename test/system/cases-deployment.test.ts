// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startS3FaultProxy } from '../../stand-ins/s3-fault-proxy.ts';
import { type CasesOptions, type CasesSite, fileAppears, jobIdsIn, makeCasesSite, withSetting } from './cases-site.ts';
import { ScriptedSlurm, showsQueue } from './scripted-slurm.ts';
import { type Running, repository } from './site.ts';

// What is uploaded, and what is moved away, of jobs whose results the test writes.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let ended: { id: string; state: string; workDir: string }[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cases-deployment-'));
  slurm = await ScriptedSlurm.make(directory);
  ended = [];
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

let manager: Running;
async function begin(options: Partial<CasesOptions> = {}, beforeStart = async () => {}): Promise<void> {
  story = await makeCasesSite({
    ...options,
    slurm: slurm.environment,
    settings: { 'deploycfg.upload_policy': 'all', ...options.settings },
  });
  await beforeStart();
  await story.site.startEventHandler();
  manager = await story.site.startJobManager();
}

const tar = (() => {
  const block = execFileSync('tar', ['--create', '--file=-', '--directory=/etc', 'hostname']);
  return { gz: gzipSync(block), zst: zstdCompressSync(block) };
})();

interface Job {
  readonly id: string;
  readonly directory: string;
  readonly commentId: number;
}

/** A job whose artefacts the test writes; it runs until `end` is called. */
async function build(where = repository): Promise<Job> {
  const { comments } = await story.comment('bot: build for:arch=x86_64/amd/zen2', 'alice', where);
  const [id = ''] = jobIdsIn(comments);
  const commentId = comments.find(({ body }) => body.includes('|submitted|'))?.id ?? 0;
  const workDir = (await story.jobs())[id] ?? '';
  ended.push({ id, state: 'RUNNING', workDir });
  await slurm.queue(...ended);
  return { id, directory: workDir, commentId };
}

async function end(job: Job, artefacts: Record<string, Buffer | string>, status = 'SUCCESS', where = repository) {
  for (const [name, content] of Object.entries(artefacts)) await writeFile(join(job.directory, name), content);
  const names = Object.keys(artefacts).map((name) => `    ${name}\n`);
  await writeFile(
    join(job.directory, `_bot_job${job.id}.result`),
    `[RESULT]\ncomment_description = ${status}\nstatus = ${status}\nartefacts = \n${names.join('')}`,
  );
  ended = ended.map((each) => (each.id === job.id ? { ...each, state: 'COMPLETED' } : each));
  await slurm.queue(...ended);
  await story.until(job.commentId, /\|test result\|/, where);
}

/** Sets the label and waits until what it orders is done. */
async function deploy(): Promise<void> {
  await story.github.removeLabel(repository, story.number, 'carol', 'bot:deploy');
  const { guid } = await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
  await fileAppears(join(story.directory, 'jobs/.bot/orders/done'), (name) => name.endsWith(`_${guid}.json`));
}

async function edit(name: string, value: string | undefined): Promise<void> {
  await writeFile(join(story.directory, 'app.cfg'), withSetting(await story.text('app.cfg'), name, value));
}

const keys = () => story.site.s3.keys('eessi-staging');
const rowsOf = (job: Job, state: string) =>
  story
    .body(job.commentId)
    .split('\n')
    .filter((line) => line.includes(`|${state}|`))
    .map((line) => line.split('|').slice(3, -1).join('|'));
const untilRows = (job: Job, state: string, count: number) =>
  story.github.waitFor(`${count} rows ${state}`, () => rowsOf(job, state).length >= count && rowsOf(job, state));

it('a label that is taken off before the upload begins withdraws it, and the job says so', async () => {
  await begin();
  await story.openPullRequest();
  const job = await build();
  const name = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz';
  await end(job, { [name]: tar.gz });
  await manager.stop();
  const { guid } = await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
  await story.workedOff(await story.github.removeLabel(repository, story.number, 'dave', 'bot:deploy'));
  manager = await story.site.startJobManager();
  await fileAppears(join(story.directory, 'jobs/.bot/orders/done'), (each) => each.endsWith(`_${guid}.json`));
  expect(await untilRows(job, 'not uploaded', 1)).toEqual([
    `transfer of \`${name}\` to S3 bucket was withdrawn: \`dave\` took the label \`bot:deploy\` off before it began; set it again to upload`,
  ]);
  expect(await keys()).toEqual([]);
});

it('explains what the label would do; a file that changes after it is refused until it was shown', async () => {
  await begin({
    settings: { 'deploycfg.upload_policy': 'once', 'deploycfg.metadata_prefix': 'new/$pull_request_number' },
  });
  await story.openPullRequest();
  const job = await build();
  const name = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz';
  await end(job, { [name]: tar.gz });
  const explained = async () => {
    const { commentId } = await story.comment('bot: explain deploy');
    const isIt = ({ id, body }: { id: number; body: string }) => id > commentId && body.includes('|what happens|');
    return (await story.github.waitFor('the preview', () => story.comments().find(isIt))).body;
  };
  const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const told = await explained();
  expect(told).toMatch(/^Instance `.*` would upload 1 of the 1 artefact, were the label/);
  expect(told).toContain(`|\`eessi-staging/new/${story.number}/${name}\`|**would be uploaded**|`);
  expect(told).toContain(`- \`${digestOf(tar.gz)}\` ${name}`);
  expect(told).toContain('- who may set the label: `carol` (`deploy_permission`); account `alice` has NO permission');

  const before = story.comments().length;
  await story.workedOff(await story.github.setLabel(repository, story.number, 'bob', 'bot:deploy'));
  expect(
    story
      .comments()
      .slice(before)
      .map(({ body }) => body),
  ).toEqual([expect.stringMatching(/^The label `bot:deploy` has no effect on instance `.*`: account `bob`/)]);

  const other = gzipSync(Buffer.concat([execFileSync('tar', ['--create', '--file=-', '--directory=/etc', 'passwd'])]));
  await writeFile(join(job.directory, name), other);
  await deploy();
  const [refused = ''] = await untilRows(job, 'not uploaded', 1);
  expect(refused).toContain(
    `it has the SHA-256 \`${digestOf(other)}\`, and "bot: explain deploy" showed \`${digestOf(tar.gz)}\``,
  );
  expect(await keys()).toEqual([]);

  expect(await explained()).toContain(digestOf(other));
  await deploy();
  await untilRows(job, 'uploaded', 1);
  const stored = [`new/${story.number}/${name}`, `new/${story.number}/${name}.meta.txt`];
  expect(await keys()).toEqual(stored);
  const ledger = (await story.text('jobs/.bot/ledger.jsonl')).trimEnd().split('\n');
  expect(JSON.parse(ledger.at(-1) ?? '')).toMatchObject({
    ...{ outcome: 'uploaded', sha256: digestOf(other) },
    objects: stored.map((key) => ({ bucket: 'eessi-staging', key })),
  });
});

it('prefix maps with and without quotes round their variables give the same keys', async () => {
  await begin();
  await story.openPullRequest(undefined, { number: 9 });
  const job = await build();
  const name = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.gz';
  await end(job, { [name]: tar.gz });
  for (const [index, prefix] of [
    "new/'${github_repository}'/'${pull_request_number}'",
    'bare/${github_repository}/${pull_request_number}',
  ].entries()) {
    await edit('deploycfg.artefact_prefix', `{"R1": "${prefix}"}`);
    await edit('deploycfg.metadata_prefix', `{"R1": "${prefix}"}`);
    await deploy();
    await untilRows(job, 'uploaded', index + 1);
  }
  expect(await keys()).toEqual(
    ['bare', 'new'].flatMap((top) => [`${top}/${repository}/9/${name}`, `${top}/${repository}/9/${name}.meta.txt`]),
  );
});

it('the policies, with an earlier month and a failed job', async () => {
  const settings = {
    'deploycfg.upload_policy': 'none',
    'deploycfg.artefact_prefix': 'a',
    'deploycfg.metadata_prefix': 'a',
  };
  await begin({ settings }, async () => {
    // Job 7 of an earlier month, of the bot before.
    const earlier = join(story.directory, 'jobs/2020.01/pr_9');
    await mkdir(join(earlier, 'event_x/run_000/R1'), { recursive: true });
    await symlink(join(earlier, 'event_x/run_000/R1'), join(earlier, '7'));
    await writeFile(
      join(earlier, 'event_x/run_000/R1/_bot_job7.metadata'),
      `[PR]\nrepo = ${repository}\npr_number = 9\npr_comment_id = 1\n`,
    );
    await writeFile(join(earlier, 'uploaded.txt'), '7/eessi-p-software-50.tar.gz\n');
  });
  await story.openPullRequest(undefined, { number: 9 });
  const [p1, q1, p2, f] = [
    'p-software-100.tar.gz',
    'q-software-100.tar.zst',
    'p-software-200.tar.gz',
    'p-software-300.tar.gz',
  ].map((name) => `eessi-${name}`) as [string, string, string, string];
  const eleven = await build();
  await end(eleven, { [p1]: tar.gz, [q1]: tar.zst });
  const twelve = await build();
  await end(twelve, { [p2]: tar.gz });
  await end(await build(), { [f]: tar.gz }, 'FAILURE');
  const uploads = () =>
    [...rowsOf(eleven, 'uploaded'), ...rowsOf(twelve, 'uploaded')].map((row) => /`(.*)`/.exec(row)?.[1]);

  await deploy();
  expect(await keys()).toEqual([]);
  for (const [policy, counts, expected] of [
    ['once', [1, 0], [q1]],
    ['latest', [2, 1], [q1, q1, p2]],
    ['all', [4, 2], [q1, q1, p1, q1, p2, p2]],
  ] as const) {
    await edit('deploycfg.upload_policy', policy);
    await deploy();
    await untilRows(eleven, 'uploaded', counts[0]);
    await untilRows(twelve, 'uploaded', counts[1]);
    expect(uploads()).toEqual(expected);
  }
  expect(await keys()).toEqual([p1, p2, q1].flatMap((name) => [`a/${name}`, `a/${name}.meta.txt`]).sort());
});

it('an edit before the label counts, though Slurm is being asked meanwhile', async () => {
  await begin({
    settings: { 'deploycfg.upload_policy': 'none', 'deploycfg.artefact_prefix': 'a', 'deploycfg.metadata_prefix': 'a' },
  });
  await story.openPullRequest();
  const job = await build();
  await end(job, { 'eessi-p-software-1.tar.gz': tar.gz });
  await slurm.script(
    'squeue',
    `: >"$SCRIPTED_SLURM/asked"; until [ -e "$SCRIPTED_SLURM/go" ]; do sleep 0.05; done; ${showsQueue}`,
  );
  await fileAppears(directory, (name) => name === 'asked');
  await edit('deploycfg.upload_policy', 'all');
  const { guid } = await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
  await fileAppears(join(story.directory, 'jobs/.bot/orders'), (name) => name.endsWith(`_${guid}.json`));
  await writeFile(join(directory, 'go'), '');
  await fileAppears(join(story.directory, 'jobs/.bot/orders/done'), (name) => name.endsWith(`_${guid}.json`));
  expect(await keys()).toEqual(['a/eessi-p-software-1.tar.gz', 'a/eessi-p-software-1.tar.gz.meta.txt']);
});

it('without prefixes: the path that the name gives; one prefix alone serves both', async () => {
  await begin();
  await story.openPullRequest();
  const job = await build();
  const name = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000.tar.zst';
  await end(job, { [name]: tar.zst });
  await deploy();
  await untilRows(job, 'uploaded', 1);
  const legacy = `2023.06/software/linux/x86_64/amd/zen2/1700000000/${name}`;
  expect(await keys()).toEqual([legacy, `${legacy}.meta.txt`]);
  await edit('deploycfg.artefact_prefix', 'x');
  await deploy();
  await untilRows(job, 'uploaded', 2);
  expect(await keys()).toEqual([legacy, `${legacy}.meta.txt`, `x/${name}`, `x/${name}.meta.txt`]);
});

it('what is not uploaded says why: maps without the id, a text, a store that keeps other bytes', async () => {
  await begin({ settings: { 'deploycfg.metadata_prefix': '{"R2": "m"}', 'deploycfg.artefact_prefix': '{"R1": ""}' } });
  const proxy = await startS3FaultProxy(story.site.s3.endpoint);
  try {
    await story.openPullRequest();
    const job = await build();
    await end(job, { 'eessi-p-software-1.tar.gz': tar.gz });
    await deploy();
    expect(await untilRows(job, 'not uploaded', 1)).toEqual([
      'transfer of `eessi-p-software-1.tar.gz` to S3 bucket failed (no metadata prefix specified for R1)',
    ]);
    await edit('deploycfg.metadata_prefix', '');
    await edit('deploycfg.artefact_prefix', 'a');
    await edit('deploycfg.endpoint_url', proxy.endpoint);
    proxy.decide = ({ method }) => (method === 'PUT' ? { kind: 'change a byte' } : undefined);
    await deploy();
    expect((await untilRows(job, 'not uploaded', 2))[1]).toMatch(
      /^transfer of `eessi-p-software-1.tar.gz` to S3 bucket failed \(.*is not what was sent/,
    );
    expect((await keys()).filter((key) => key.endsWith('.meta.txt'))).toEqual([]);
    proxy.decide = () => undefined;
    await writeFile(join(job.directory, 'eessi-p-software-1.tar.gz'), 'a text\n');
    await deploy();
    expect((await untilRows(job, 'not uploaded', 3))[2]).toMatch(/no complete gzip-compressed tar archive/);
    await expect(
      story.text(`${job.directory.split('/event_')[0]?.slice(story.directory.length)}/uploaded.txt`),
    ).rejects.toThrow('ENOENT');
  } finally {
    await story.close();
    await proxy.close();
  }
});

it('signed artefacts: signatures of both files that ssh-keygen verifies for the instance', async () => {
  await begin({
    settings: {
      'deploycfg.signing': `{"R1": {"script": "${join(import.meta.dirname, '../../scripts/sign_verify_file_ssh.sh')}", "key": "DIR/signing_key"}}`,
      'deploycfg.artefact_prefix': 'a',
      'deploycfg.metadata_prefix': 'a',
    },
  });
  const key = join(story.directory, 'signing_key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  await story.openPullRequest();
  const job = await build();
  const name = 'eessi-p-software-1.tar.gz';
  await end(job, { [name]: tar.gz });
  await deploy();
  await untilRows(job, 'uploaded', 1);
  expect(await keys()).toEqual([`a/${name}`, `a/${name}.meta.txt`, `a/${name}.meta.txt.sig`, `a/${name}.sig`]);
  await writeFile(join(directory, 'signers'), `site ${await readFile(`${key}.pub`, 'utf8')}`);
  for (const signed of [name, `${name}.meta.txt`]) {
    await writeFile(join(directory, 'sig'), await story.site.s3.read('eessi-staging', `a/${signed}.sig`));
    const input = await story.site.s3.read('eessi-staging', `a/${signed}`);
    const words = [
      '-Y',
      'verify',
      '-f',
      join(directory, 'signers'),
      '-I',
      'site',
      '-n',
      'bot-a',
      '-s',
      join(directory, 'sig'),
    ];
    expect(execFileSync('ssh-keygen', words, { input }).toString()).toContain('Good "bot-a" signature');
  }
});

it('two repositories with a pull request of the same number: only the jobs of its own are uploaded and moved', async () => {
  await begin({ settings: { 'deploycfg.artefact_prefix': 'a', 'deploycfg.metadata_prefix': 'a' } });
  const other = 'B/x';
  await story.github.createRepository({ name: other, files: { 'README.md': 'x\n' } });
  await story.openPullRequest(undefined, { number: 5 });
  const ours = await build();
  await end(ours, { 'eessi-p-software-1.tar.gz': tar.gz });
  await story.openPullRequest([{ message: 'x', files: { 'a.txt': 'a\n' } }], { number: 5, repository: other });
  const theirs = await build(other);
  await end(theirs, { 'eessi-q-software-1.tar.gz': tar.gz }, 'SUCCESS', other);
  await deploy();
  await untilRows(ours, 'uploaded', 1);
  expect(await keys()).toEqual(['a/eessi-p-software-1.tar.gz', 'a/eessi-p-software-1.tar.gz.meta.txt']);
  await edit('bot_control.chatlevel', 'chatty');
  await story.github.mergePullRequest(repository, 5, 'dave');
  const moved = await story.github.nextComment(({ body }) => body.startsWith('PR merged!'));
  const trash = `${story.directory}/trash/${repository}/${new Date().toISOString().slice(0, 10).replaceAll('-', '.')}`;
  const link = join(ours.directory.split('/event_')[0] ?? '', ours.id);
  expect(moved.body).toBe(`PR merged! Moved \`['${link}']\` to \`${trash}\``);
  expect(Object.keys(await story.jobs(5))).toEqual([theirs.id]);
  expect(await readdir(join(trash, link.split('/').at(-3) ?? '', 'pr_5'))).toContain(ours.id);
});

it('closed while a job runs, reopened, closed again: what has ended moves at once, the rest when it has', async () => {
  await begin({ settings: { 'bot_control.chatlevel': 'chatty' } });
  await story.openPullRequest();
  const eleven = await build();
  await end(eleven, {});
  const twelve = await build();
  const isMove = ({ body }: { body: string }) => body.startsWith('PR closed!');
  await story.github.closePullRequest(repository, story.number, 'dave');
  expect((await story.github.nextComment(isMove)).body).toContain(`/${eleven.id}']`);
  expect(Object.keys(await story.jobs())).toEqual([twelve.id]);
  await end(twelve, {});
  expect((await story.github.nextComment(isMove)).body).toContain(`/${twelve.id}']`);
  await story.workedOff(await story.github.reopenPullRequest(repository, story.number, 'dave'));
  const thirteen = await build();
  await end(thirteen, {});
  await story.github.closePullRequest(repository, story.number, 'dave');
  expect((await story.github.nextComment(isMove)).body).toContain(`/${thirteen.id}']`);
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '.');
  const month = eleven.directory.split('/event_')[0]?.split('/').at(-2) ?? '';
  const moved = join(story.directory, 'trash', repository, day, month);
  expect((await readdir(moved)).sort()).toEqual(['', '.1', '.2'].map((end) => `pr_${story.number}${end}`));
});
