import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { type CasesSite, fileAppears, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { PythonBot, type PythonJob } from './python-bot.ts';
import { linesOf, repository } from './site.ts';

// A site that changes from the Python bot to this one while jobs are under way, and back.

let slurm: RealSlurm;
let slurmDir: string;
let story: CasesSite;

beforeAll(async () => {
  slurmDir = await mkdtemp(join(tmpdir(), 'moving-over-'));
  slurm = await startSlurm(slurmDir);
});
afterAll(async () => {
  await slurm?.stop();
  await rm(slurmDir, { recursive: true, force: true, maxRetries: 10 });
});
afterEach(() => story?.close());

const statesOf = (body: string) => [...body.matchAll(/^\|[^|]+ UTC \d{4}\|([^|]+)\|.*\|$/gm)].map(([, state]) => state);
const idsIn = (where: 'submitted' | 'finished') => readdir(join(story.directory, 'ids', where));

async function begin(generation: '6' | '9', settings: Record<string, string> = {}): Promise<PythonBot> {
  story = await makeCasesSite({
    generation,
    slurm: slurm.environment,
    settings: { 'deploycfg.upload_policy': 'all', ...settings },
  });
  await story.openPullRequest();
  return new PythonBot(story, generation, slurm.environment);
}

describe.each(['6', '9'] as const)('a site that comes from the Python bot 0.%s', (generation) => {
  it('has its jobs adopted in whatever state they are: released, followed to their end, deployed', async () => {
    const python = await begin(generation, { 'event_handler.log_format': 'text', 'job_manager.log_format': 'text' });
    const held = await python.submit();
    const unnumbered = await python.submit({ commentIdInMetadata: false });
    const pending = await python.submit({ sbatch: ['--begin=now+1hour'] });
    await python.release(pending);
    const running = await python.submit();
    await python.release(running);
    await python.start(running);
    const ended = await python.submit();
    await python.release(ended);
    await python.end(ended);
    const unseen = await python.submit();
    await python.free(unseen);
    await python.end(unseen);
    const finished = await python.submit();
    await python.release(finished);
    await python.start(finished);
    await python.end(finished);
    await python.finish(finished);
    const jobs = { held, unnumbered, pending, running, ended, unseen, finished };
    const said = new Map(Object.values(jobs).map((job) => [job.id, story.body(job.commentId)]));

    await story.site.startEventHandler();
    const manager = await story.site.startJobManager();
    await fileAppears(pending.directory, (name) => name === '_bot_job.json');
    await python.update(pending, 'StartTime=now');
    for (const job of [held, unnumbered, pending]) {
      await story.until(job.commentId, /\|running\|/);
      await python.letGo(job);
    }
    await python.letGo(running);
    for (const job of Object.values(jobs)) await story.until(job.commentId, /\|test result\|.*SUCCESS/);
    await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
    for (const job of Object.values(jobs)) await story.until(job.commentId, /\|uploaded\|/);

    const whole = ['submitted', 'released', 'running', 'finished', 'test result', 'uploaded'];
    const rows = Object.entries(jobs).map(([name, job]) => [name, statesOf(story.body(job.commentId))]);
    expect(Object.fromEntries(rows)).toEqual({
      held: whole,
      unnumbered: whole,
      pending: whole,
      running: whole,
      // These ran while nobody watched.
      ended: whole.filter((state) => state !== 'running'),
      unseen: whole.filter((state) => state !== 'released' && state !== 'running'),
      finished: whole,
    });
    for (const { id, commentId } of Object.values(jobs)) {
      expect(story.body(commentId).startsWith(`${said.get(id)}\n|`)).toBe(true);
    }
    await manager.stop();
    const completed = join(unnumbered.directory, `_bot_job${unnumbered.id}.metadata`);
    expect(await linesOf(completed)).toContain(`pr_comment_id = ${unnumbered.commentId}`);
    await expectPutAway(Object.values(jobs));
    const lines = [...(await linesOf(join(story.directory, 'event_handler.log'))), ...(await managerLog())];
    expect(lines.filter((line) => !/^\[\d{8}-T\d\d:\d\d:\d\d\] \S/.test(line))).toEqual([]);

    await story.site.startJobManager();
    await story.github.closePullRequest(repository, story.number, 'carol');
    const trash = join(story.directory, 'trash', repository);
    const day = await fileAppears(trash, () => true);
    const month = await fileAppears(join(trash, day), () => true);
    await fileAppears(join(trash, day, month), (name) => name === `pr_${story.number}`);
  });
});

const managerLog = () => linesOf(join(story.directory, 'job_manager.log'));

async function expectPutAway(jobs: readonly PythonJob[]): Promise<void> {
  const ids = jobs.map(({ id }) => id).sort();
  expect((await idsIn('finished')).sort()).toEqual(ids);
  expect(await idsIn('submitted')).toEqual([]);
  const [first] = jobs;
  const uploaded = await linesOf(join(first?.directory.split('/event_')[0] ?? '', 'uploaded.txt'));
  expect(uploaded.map((line) => line.split('/')[0]).sort()).toEqual(ids);
  expect(await story.site.s3.keys('eessi-staging')).not.toEqual([]);
}

/** How the Python bot sees a site when it is started: with its own parser and its own patterns. */
const pythonReading = `
import configparser, json, os, re, sys
jobs_base_dir, job_ids_dir, pr = sys.argv[1:4]
queue = sys.argv[4:]  # id=workdir

def read(path, section):
    if not os.path.isfile(path): return None
    config = configparser.ConfigParser()
    config.read(path)
    return dict(config[section]) if section in config else None

def known(name):
    path = os.path.join(job_ids_dir, name)
    if not os.path.isdir(path): return {}
    links = [f for f in os.listdir(path) if re.match(r"(\\d)+", f) and os.path.islink(os.path.join(path, f))]
    return {f: read(os.path.join(path, f, f"_bot_job{f}.metadata"), "PR") for f in links}

found = {"submitted": known("submitted"), "finished": known("finished"), "new": {}, "built": {}, "uploaded": []}
for entry in queue:
    id, directory = entry.split("=", 1)
    metadata = read(os.path.join(directory, f"_bot_job{id}.metadata"), "PR")
    if metadata is not None and id not in found["submitted"]: found["new"][id] = metadata
for month in sorted(os.listdir(jobs_base_dir)):
    pr_dir = os.path.join(jobs_base_dir, month, "pr_" + pr)
    if not re.match(r"\\d{4}\\.\\d{2}$", month) or not os.path.isdir(pr_dir): continue
    for id in os.listdir(pr_dir):
        if re.match(r"\\d+$", id) and os.path.isdir(os.path.join(pr_dir, id)):
            result = read(os.path.join(pr_dir, id, f"_bot_job{id}.result"), "RESULT")
            if result is not None: found["built"][id] = [result["status"], len(result["artefacts"].split())]
    uploaded = os.path.join(pr_dir, "uploaded.txt")
    if os.path.isfile(uploaded): found["uploaded"] += open(uploaded).read().splitlines()
job_cfg = {}
for entry in queue:
    id, directory = entry.split("=", 1)
    config = configparser.ConfigParser()
    config.read(os.path.join(directory, "cfg", "job.cfg"))
    job_cfg[id] = {section: dict(config[section]) for section in config.sections()}
found["job_cfg"] = job_cfg
print(json.dumps(found))
`;

async function readAsPython(queue: Record<string, string>) {
  const words = [join(story.directory, 'jobs'), join(story.directory, 'ids'), String(story.number)];
  const entries = Object.entries(queue).map(([id, directory]) => `${id}=${directory}`);
  const { stdout } = await execa('python3', ['-c', pythonReading, ...words, ...entries]);
  return JSON.parse(stdout);
}

describe('the way back', () => {
  it.each(['6', '9'] as const)(
    'the Python bot 0.%s finds directories and files as it leaves them itself',
    async (generation) => {
      await begin(generation);
      const build = generation === '9' ? 'bot: build for:arch=x86_64/amd/zen2' : 'bot: build arch:zen2';
      await story.site.startEventHandler();
      const manager = await story.site.startJobManager();
      const [done = ''] = jobIdsIn((await story.comment(build)).comments);
      await story.jobFinished(done);
      const [comment] = story.comments().filter(({ body }) => body.includes(`job id \`${done}\``));
      await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
      await story.until(comment?.id ?? 0, /\|uploaded\|/);
      await manager.stop();
      const { comments } = await story.comment(build);
      const [held = ''] = jobIdsIn(comments);
      const announced = comments.find(({ body }) => jobIdsIn([{ body } as never]).length > 0);

      const directories = await story.jobs();
      const python = await readAsPython({ [held]: directories[held] ?? '' });
      const metadata = (commentId: number | undefined) => ({
        repo: repository,
        pr_number: String(story.number),
        pr_comment_id: String(commentId),
      });
      expect(python).toMatchObject({
        new: { [held]: metadata(announced?.id) },
        submitted: {},
        finished: { [done]: metadata(comment?.id) },
        built: { [done]: ['SUCCESS', 1] },
        uploaded: [
          expect.stringMatching(new RegExp(`^${done}/eessi-2023.06-software-linux-x86_64-amd-zen2-\\d+\\.tar\\.gz$`)),
        ],
        job_cfg: { [held]: { repository: { repo_id: 'R1' }, architecture: { software_subdir: 'x86_64/amd/zen2' } } },
      });
      expect(await readlink(join(story.directory, 'ids/finished', done))).toBe(directories[done]);
      // What is new lies where the Python bot does not look, or is a file more in a job's directory.
      const names = (await readdir(join(story.directory, 'jobs'))).filter((name) => !/^\d{4}\.\d\d$/.test(name));
      expect(names.sort()).toEqual(['.bot', '.bot-places.json']);
      const pullRequestDir = directories[held]?.split('/event_')[0] ?? '';
      expect((await readdir(pullRequestDir)).filter((name) => !name.startsWith('event_')).sort()).toEqual(
        [done, held, 'uploaded.txt'].sort(),
      );
      expect((await readdir(directories[held] ?? '')).filter((name) => name.startsWith('_bot')).sort()).toEqual(
        ['_bot_job.json', `_bot_job${held}.metadata`].sort(),
      );
    },
  );

  it('what the Python bot did meanwhile is kept when this one comes again: no row is lost, none told twice', async () => {
    const python = await begin('9');
    const handler = await story.site.startEventHandler();
    await story.comment('bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3');
    const jobs = Object.entries(await story.jobs()).map(([id, directory]) => {
      const comment = story.comments().find(({ body }) => body.includes(`|job id \`${id}\``));
      return { id, directory, commentId: comment?.id ?? 0 };
    });
    const [finished, released] = jobs;
    if (finished === undefined || released === undefined) throw new Error('two jobs were expected');
    await handler.stop();
    // The Python bot takes both, and sees one of them end.
    for (const job of jobs) await python.release(job);
    for (const job of jobs) await python.state(job, 'COMPLETED');
    await python.finish(finished);
    const said = story.body(finished.commentId);
    // What it was told to do is done; so that it does not count as missed, the admin removes what was compared.
    await story.github.comment(repository, story.number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
    await rm(join(story.directory, 'jobs/.bot/recovery.json'));

    await story.site.startEventHandler();
    const manager = await story.site.startJobManager();
    await story.until(released.commentId, /\|test result\|/);
    await story.jobFinished(released.id);
    await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
    for (const job of jobs) await story.until(job.commentId, /\|uploaded\|/);
    expect(statesOf(story.body(released.commentId))).toEqual([
      'submitted',
      'released',
      'finished',
      'test result',
      'uploaded',
    ]);
    expect(story.body(finished.commentId).startsWith(`${said}\n|`)).toBe(true);
    expect(statesOf(story.body(finished.commentId))).toEqual([
      'submitted',
      'released',
      'finished',
      'test result',
      'uploaded',
    ]);
    await manager.stop();
    await expectPutAway(jobs);
    expect(Object.keys(await story.jobs())).toEqual(jobs.map(({ id }) => id));
  });
});
