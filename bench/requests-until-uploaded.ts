import { execFileSync } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CasesSite, fileAppears, withSetting } from '../test/system/cases-site.ts';
import { ScriptedSlurm } from '../test/system/scripted-slurm.ts';
import { makeSite, repository } from '../test/system/site.ts';
import { buildCommand, withTargets } from './build-command.ts';

/** Whether each job has a comment of its own, or one shows all. */
export type ToldIn = 'comments of jobs' | 'a summary';

/**
 * A command of so many targets, from the comment until the artefacts of all are uploaded: how many requests to GitHub that is. Slurm starts
 * at once what is released, and each job runs for longer than an interval.
 */
export async function requestsUntilUploaded(targets: number, toldIn: ToldIn): Promise<number> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-requests-')));
  const slurm = await ScriptedSlurm.make(directory);
  const edit = (appCfg: string) => withTold(withTargets(appCfg), toldIn);
  const story = new CasesSite(await makeSite({ slurm: slurm.environment, edit }));
  try {
    await slurm.queue();
    await slurm.script('sbatch', holds);
    await slurm.script('scontrol', startsWhatIsReleased);
    await story.site.startEventHandler();
    await story.site.startJobManager();
    await story.openPullRequest();
    await story.comment(buildCommand(targets));
    const areTold = told(story, targets, toldIn);
    await areTold('running');
    const jobs = Object.entries(await story.jobs()).map(([id, workDir]) => ({ id, workDir, state: 'COMPLETED' }));
    for (const job of jobs) await writeResult(job);
    await slurm.queue(...jobs);
    await areTold('finished');
    const { guid } = await story.github.setLabel(repository, story.number, 'carol', 'bot:deploy');
    await areTold('uploaded');
    await fileAppears(join(story.directory, 'jobs/.bot/orders/done'), (name) => name.endsWith(`_${guid}.json`));
    return requestsOf(story);
  } finally {
    await story.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

function withTold(appCfg: string, toldIn: ToldIn): string {
  const hasSummary = toldIn === 'a summary';
  const text = withSetting(appCfg, 'bot_control.summary', String(hasSummary));
  return withSetting(text, 'bot_control.job_comments', String(!hasSummary));
}

const holds = `echo "row $number bot main PENDING JobHeldUser 1 0 '$PWD'" >>"$SCRIPTED_SLURM/queue"
echo "Submitted batch job $number"`;
const startsWhatIsReleased = `case "$*" in *release*) sed -i 's/PENDING JobHeldUser/RUNNING None/' "$SCRIPTED_SLURM/queue" ;; esac`;

/** Waits until all jobs are told to be in a state. */
const told = (story: CasesSite, targets: number, toldIn: ToldIn) => (state: string) =>
  story.github.waitFor(`${targets} jobs ${state}`, () => {
    const bodies = story.comments().map(({ body }) => body);
    if (toldIn === 'a summary') return bodies.some((body) => body.includes(`: ${targets} ${state}\n`));
    return bodies.filter((body) => body.includes(`|${state}|`)).length === targets;
  });

async function writeResult({ id, workDir }: { readonly id: string; readonly workDir: string }): Promise<void> {
  const name = `eessi-2023.06-software-linux-x86_64-bench-t${id}-1700000000.tar.gz`;
  execFileSync('tar', ['--create', '--gzip', `--file=${join(workDir, name)}`, '--directory=/etc', 'hostname']);
  const result = `[RESULT]\ncomment_description = SUCCESS\nstatus = SUCCESS\nartefacts = \n    ${name}\n`;
  await writeFile(join(workDir, `_bot_job${id}.result`), result);
}

/** About the pull request, its comments and their reactions: whatever else the bot asks meanwhile. */
function requestsOf(story: CasesSite): number {
  const comments = new Set(story.comments().map(({ id }) => String(id)));
  return story.github.requests.filter(({ path }) => {
    const [, issue, comment] = /\/issues\/(?:(\d+)|comments\/(\d+))(?=[/?]|$)/.exec(path) ?? [];
    return issue === String(story.number) || (comment !== undefined && comments.has(comment));
  }).length;
}
