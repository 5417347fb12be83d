import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { type AnnouncedJob, type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { repository } from './site.ts';

// Why jobs failed, as their comments tell it, and `bot: log`, on a real Slurm.

/** What it does is in its node type's name. */
const jobScript = `#!/bin/bash
case $(sed -n 's/^node_type = //p' cfg/job.cfg) in
  fails) seq 1 30; printf '\\e[31m| make: *** [a.o]\\e[0m Error 1\\ntoken=hunter2\\n10%%\\r99%%\\n'; echo "in $PWD/a.c"; exit 3 ;;
  times-out) echo 'waits for a lock'; sleep 600 ;;
  runs) echo 'bot: build'; echo '@alice'; touch started; until [ -e go ]; do sleep 0.1; done ;;
esac
`;

let directory: string;
let slurm: RealSlurm;
let story: CasesSite;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'why-it-failed-'));
  slurm = await startSlurm(join(directory, 'slurm'));
  await writeFile(join(directory, 'job.sh'), jobScript);
  const nodeType = (name: string, slurm_params: string) => [
    name,
    { os: 'linux', cpu_subdir: `x86_64/${name}`, slurm_params, repo_targets: ['R1'] },
  ];
  const nodeTypes = [nodeType('fails', ''), nodeType('times-out', '--time=1'), nodeType('runs', '')];
  story = await makeCasesSite({
    slurm: slurm.environment,
    settings: {
      'buildenv.build_job_script': join(directory, 'job.sh'),
      'architecturetargets.node_type_map': JSON.stringify(Object.fromEntries(nodeTypes)),
    },
  });
  await story.site.startEventHandler();
  await story.site.startJobManager();
  await story.openPullRequest();
});
afterAll(async () => {
  await story?.close();
  await slurm?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const build = async (kind: string): Promise<AnnouncedJob> =>
  (await story.build(`bot: build for:arch=x86_64/${kind}`))[0];
const below = (body: string) => body.slice(body.lastIndexOf('|\n') + 2);

it('a job that fails: its last lines stand below its table, and what can be typed next', async () => {
  const job = await build('fails');
  const body = await story.until(job.commentId, /\|finished\|/);
  expect(body).toMatch(/\|finished\|`FAILED` \(NonZeroExitCode, exit code 3\) /);
  const lines = [
    ...Array.from({ length: 16 }, (_, at) => String(at + 15)),
    '&#124; make: *** [a.o] Error 1',
    'token=(secret)',
    '99%',
    'in ./a.c',
  ];
  expect(below(body)).toBe(
    `\n<details><summary>The last 20 lines of <code>slurm-${job.id}.out</code></summary>\n\n<pre>\n${lines.join('\n')}\n</pre>\n\n</details>\n\nMore of its output: \`bot: log jobid:${job.id}\`. To build it again: \`bot: retry inst:^bot-a$ repo:^R1$ arch:^x86_64/fails$ accel:^$\`.`,
  );
  const { comments, reactions } = await story.comment(`bot: log jobid:${job.id} lines:2`);
  expect(reactions).toEqual(['eyes']);
  expect(comments[0]?.body).toBe(
    `Job \`${job.id}\` of instance \`bot-a\` has ended.\n\n<details><summary>The last 2 lines of <code>slurm-${job.id}.out</code></summary>\n\n<pre>\n99%\nin ./a.c\n</pre>\n\n</details>`,
  );
  const { comments: again } = await story.comment(/`(bot: retry .*)`/.exec(body)?.[1] ?? '');
  expect(again.filter((each) => each.body.includes('|submitted|'))).toHaveLength(1);
});

it('a job that runs into its time limit: the limit stands in the row, and Slurm speaks last', async () => {
  const job = await build('times-out');
  const body = await story.until(job.commentId, /\|finished\|/);
  expect(body).toMatch(/\|finished\|`TIMEOUT` \(TimeLimit, limit 00:01:00\) /);
  expect(below(body)).toMatch(/<pre>\nwaits for a lock\n.* DUE TO TIME LIMIT \*\*\*\n<\/pre>/);
});

it('a job that runs shows what it has printed so far; that nobody has one is said where something was built', async () => {
  const job = await build('runs');
  await fileAppears(job.directory, (name) => name === 'started');
  const { comments } = await story.comment(`bot: log jobid:${job.id}`, 'bob');
  expect(comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(
      /^Job `\d+` of instance `bot-a` (is running|waits.*)\.\n\n<details>.*\n\n<pre>\n\u200bbot: build\n@\u200balice\n<\/pre>/,
    ),
  ]);
  await writeFile(join(job.directory, 'go'), '');
  expect((await story.comment('bot: log jobid:99999')).comments.map(({ body }) => body)).toEqual([
    expect.stringContaining('_no job `99999` was announced on this pull request; `bot: status` lists the jobs_'),
  ]);
  expect((await story.comment('bot: log')).comments[0]?.body).toContain(
    'it lacks the number of a job, as in `bot: log jobid:12345`',
  );
  await story.openPullRequest();
  const { comments: nothing, reactions } = await story.comment(`bot: log jobid:${job.id}`);
  expect([nothing, reactions]).toEqual([[], ['eyes', 'confused']]);
});

it('once somebody has pushed, status marks what was built before', async () => {
  await story.openPullRequest(undefined, { branch: 'moves-on' });
  const job = await build('fails');
  await story.until(job.commentId, /\|finished\|/);
  const status = async () =>
    (await story.comment('bot: status')).comments.find(({ body }) => body.includes('|on|for|'));
  expect((await status())?.body).not.toContain('older');
  const head = await story.github.push(repository, 'moves-on', [{ message: 'Mend it', files: { 'mended.txt': 'x' } }]);
  const again = await build('fails');
  await story.until(again.commentId, /\|finished\|/);
  const rows = (await status())?.body.split('\n') ?? [];
  expect(rows.filter((row) => row.startsWith('|`'))).toEqual([
    expect.stringMatching(/ \(_older_: `[0-9a-f]{7}`\)\|/),
    expect.not.stringContaining('older'),
  ]);
  expect(rows.at(-1)).toBe(
    `The head of this pull request is \`${head.slice(0, 7)}\`: what is marked as _older_ was built from a commit before it.`,
  );
});
