import { readdir, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { jobIdsIn } from './cases-site.ts';
import { repository } from './site.ts';
import { statesOf, twoBotsSite } from './two-bots-site.ts';

// A site that goes back to the Python bot, and comes again.

const site = twoBotsSite();

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
  const words = [join(site.story.directory, 'jobs'), join(site.story.directory, 'ids'), String(site.story.number)];
  const entries = Object.entries(queue).map(([id, directory]) => `${id}=${directory}`);
  const { stdout } = await execa('python3', ['-c', pythonReading, ...words, ...entries]);
  return JSON.parse(stdout);
}

it.each(['6', '9'] as const)(
  'the Python bot 0.%s finds directories and files as it leaves them itself',
  async (generation) => {
    await site.begin(generation);
    const build = generation === '9' ? 'bot: build for:arch=x86_64/amd/zen2' : 'bot: build arch:zen2';
    await site.story.site.startEventHandler();
    const manager = await site.story.site.startJobManager();
    const [done = ''] = jobIdsIn((await site.story.comment(build)).comments);
    await site.story.jobFinished(done);
    const [comment] = site.story.comments().filter(({ body }) => body.includes(`job id \`${done}\``));
    await site.story.github.setLabel(repository, site.story.number, 'carol', 'bot:deploy');
    await site.story.until(comment?.id ?? 0, /\|uploaded\|/);
    await manager.stop();
    const { comments } = await site.story.comment(build);
    const [held = ''] = jobIdsIn(comments);
    const announced = comments.find(({ body }) => jobIdsIn([{ body } as never]).length > 0);

    const directories = await site.story.jobs();
    const python = await readAsPython({ [held]: directories[held] ?? '' });
    const metadata = (commentId: number | undefined) => ({
      repo: repository,
      pr_number: String(site.story.number),
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
    expect(await readlink(join(site.story.directory, 'ids/finished', done))).toBe(directories[done]);
    // What is new lies where the Python bot does not look, or is a file more in a job's directory.
    const names = (await readdir(join(site.story.directory, 'jobs'))).filter((name) => !/^\d{4}\.\d\d$/.test(name));
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
  const python = await site.begin('9');
  const handler = await site.story.site.startEventHandler();
  await site.story.comment('bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3');
  const jobs = Object.entries(await site.story.jobs()).map(([id, directory]) => {
    const comment = site.story.comments().find(({ body }) => body.includes(`|job id \`${id}\``));
    return { id, directory, commentId: comment?.id ?? 0 };
  });
  const [finished, released] = jobs;
  if (finished === undefined || released === undefined) throw new Error('two jobs were expected');
  await handler.stop();
  // The Python bot takes both, and sees one of them end.
  for (const job of jobs) await python.release(job);
  for (const job of jobs) await python.state(job, 'COMPLETED');
  await python.finish(finished);
  const said = site.story.body(finished.commentId);
  // What it was told to do is done; so that it does not count as missed, the admin removes what was compared.
  await site.story.github.comment(repository, site.story.number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  await rm(join(site.story.directory, 'jobs/.bot/recovery.json'));

  await site.story.site.startEventHandler();
  const manager = await site.story.site.startJobManager();
  await site.story.until(released.commentId, /\|test result\|/);
  await site.story.jobFinished(released.id);
  await site.story.github.setLabel(repository, site.story.number, 'carol', 'bot:deploy');
  for (const job of jobs) await site.story.until(job.commentId, /\|uploaded\|/);
  expect(statesOf(site.story.body(released.commentId))).toEqual([
    'submitted',
    'released',
    'finished',
    'test result',
    'uploaded',
  ]);
  expect(site.story.body(finished.commentId).startsWith(`${said}\n|`)).toBe(true);
  expect(statesOf(site.story.body(finished.commentId))).toEqual([
    'submitted',
    'released',
    'finished',
    'test result',
    'uploaded',
  ]);
  await manager.stop();
  await site.expectPutAway(jobs);
  expect(Object.keys(await site.story.jobs())).toEqual(jobs.map(({ id }) => id));
});
