import { join } from 'node:path';
import { identitiesOf, nameOf } from '../../src/event-handler/receive/delivery.ts';
import { checkIdentity } from '../../src/jobs/check-identity.ts';
import { type LedgerEntry, readLedger } from '../../src/jobs/ledger.ts';
import type { Comment } from '../../src/outside/forge/forge.ts';
import { gitHubWebhooks } from '../../src/outside/forge/github/github-webhooks.ts';
import { type DeployLabel, isForUs, mayBeForUs, type TypedComment, targetsOf } from './asked.ts';
import {
  commentOf,
  countedBy,
  countOf,
  isPreview,
  isResponse,
  jobOf,
  rowsOf,
  type ShownRow,
  summarizedStates,
  summaryOf,
} from './bot-comments.ts';
import type { Surroundings } from './daemons.ts';
import { isForger } from './forge.ts';
import type { SimulatedDelivery } from './github.ts';
import { commandLines, type History, type Site } from './history.ts';
import { type Seen, Violation } from './invariants.ts';
import type { Process } from './process.ts';
import { hasChecks, hasSummary } from './site.ts';
import { outputOf, type SimulatedJob } from './slurm.ts';
import { world } from './world.ts';

const idleIntervals = 2;
const pollMilliseconds = 60_000;

/** What Slurm and the daemons still have to do; undefined: nothing. */
export function whatIsLeft({ settings, github, slurm }: Surroundings): string | undefined {
  const { stateDir, jobManager } = settings;
  const goOn = slurm.jobs.filter(({ endedAt }) => endedAt === undefined);
  if (goOn.length > 0) return `jobs go on: ${goOn.map(({ id }) => id).join(', ')}`;
  const places = [
    ['jobs are followed', jobManager.jobIdsDir, 'submitted'],
    ['jobs are handed over', stateDir, 'handed-over'],
    ['deliveries wait', stateDir, 'inbox/new'],
    ['orders wait', stateDir, 'orders'],
    ['summaries wait', stateDir, 'summaries'],
  ] as const;
  for (const [what, directory, name] of places) {
    const names = world()
      .files.list(join(directory, name))
      .filter((each) => !each.startsWith('.') && /^\d+$|\.json$/.test(each));
    if (names.length > 0) return `${what}: ${names.join(', ')}`;
  }
  const missing = missingDeliveries(stateDir, github.deliveries);
  return missing.length > 0 ? `deliveries are missing: ${missing.join(', ')}` : undefined;
}

function missingDeliveries(stateDir: string, deliveries: readonly SimulatedDelivery[]): string[] {
  const received = ['new', 'done', 'failed']
    .flatMap((stage) => world().files.list(join(stateDir, 'inbox', stage)))
    .filter((name) => !name.startsWith('.'));
  const there = new Set(received.flatMap(identitiesOf));
  // Under whatever GUID it came.
  const isThere = ({ guid, event, body }: SimulatedDelivery) => {
    const { newComment } = gitHubWebhooks.glance(event, JSON.parse(body));
    const name = nameOf({ version: 1, guid, event, receivedAt: '', headers: {}, body }, 0, newComment);
    return identitiesOf(name).some((one) => there.has(one));
  };
  return deliveries.filter((delivery) => !isThere(delivery)).map(({ guid }) => guid);
}

/** For some intervals nothing changes and nothing is sent; `check` is made after each step. */
export async function checkIdleCosts({ github, slurm }: Surroundings, check: () => void): Promise<void> {
  const until = world().now + idleIntervals * pollMilliseconds + 1000;
  const before = { github: github.requests, slurm: slurm.requests };
  await world().play(until, () => false, check);
  const requests = github.requests - before.github;
  if (requests > 0) throw new Violation(`at rest GitHub was asked ${requests} times`);
  const looks = slurm.requests - before.slurm;
  if (looks < idleIntervals - 1 || looks > idleIntervals + 1) {
    throw new Violation(`at rest Slurm was asked ${looks} times in ${idleIntervals} intervals`);
  }
}

/** Everything that was asked for was done, or it is told why not. `living`: a process that can read the daemons' files. */
export async function checkAtRest(seen: Seen, living: Process): Promise<void> {
  const { settings, slurm } = seen.surroundings;
  const entries = await world().inside(living, () => checkedLedger(settings.stateDir));
  for (const typed of seen.asked.comments) checkAnswered(typed, seen);
  for (const job of slurm.jobs) if (!isForger(job)) checkTold(job, entries, seen);
  for (const job of slurm.jobs) if (!isForger(job)) checkSummarized(job, seen);
  for (const job of slurm.jobs) if (!isForger(job)) checkChecked(job, seen);
  checkResponses(seen);
  checkPreviews(seen);
  for (const deployment of seen.asked.deployments) checkDeployed(deployment, entries, seen);
  checkUploadedLists(settings.build.jobsBaseDir);
  checkSetAside(settings, slurm.jobs.filter(isForger));
}

/** Whether the bot may not have been let write on a pull request. */
function wasClosedToBots(pullRequest: number, { happenings }: History): boolean {
  return happenings.some(
    (each) => each.kind === 'delete the repository' || (each.kind === 'lock' && each.pullRequest === pullRequest),
  );
}

function checkAnswered(typed: TypedComment, { asked, history, surroundings }: Seen): void {
  const { github, slurm } = surroundings;
  const maySayNothing = wasClosedToBots(typed.pullRequest, history);
  const reactions = github.reactions.get(typed.id);
  // One that is not shown when it is reacted to, and once more, gets none.
  const mayGetNone =
    maySayNothing || history.faults.some((fault) => fault.kind === 'GitHub' && fault.how === 'does not show');
  if (isForUs(typed) && !mayGetNone && (reactions === undefined || reactions.size === 0)) {
    throw new Violation(`comment ${typed.id} got no reaction: ${typed.lines.join('; ')}`);
  }
  const ofIt = slurm.jobs.filter((job) => asked.commentOf(job.directory) === typed);
  const jobs = ofIt.length;
  // One that has forged its record before it was told is none that the bot can tell of.
  if (ofIt.some((job) => !isForger(job)) && !mayGetNone && !reactions?.has('rocket'))
    throw new Violation(`comment ${typed.id} has ${jobs} jobs, and no reaction that tells it`);
  const expected = typed.isPermitted ? targetsOf(typed) : 0;
  // Fewer where Slurm refused, or there was nothing left to build, and the bot says so where it can.
  const mayBeFewer = github.isDeleted || history.faults.some(({ kind }) => kind === 'refuses');
  const comments = github.pullRequests.get(typed.pullRequest)?.comments ?? [];
  if (jobs === expected) return;
  if (mayBeFewer && jobs < expected && (maySayNothing || comments.some(saysThatNoJob))) return;
  // As many as there were to build again.
  if (typed.lines.some((line) => line === 'bot: rebuild' || line === 'bot: retry') && jobs < expected) return;
  // Fewer, too, where a job of the same build had not ended, and nobody has forced it.
  const isForced = typed.lines.every((line) => line.endsWith(' force') || commandLines[line] === 0);
  const leftOut = comments.flatMap(({ author, body }) => (author.isBot ? (body.match(builtAlready) ?? []) : []));
  const wasToldNothing = maySayNothing || history.happenings.some(({ kind }) => kind === 'delete a comment');
  if (!isForced && jobs < expected && (wasToldNothing || leftOut.length >= expected - jobs)) return;
  throw new Violation(`comment ${typed.id} has ${jobs} jobs, and should have ${expected}: ${typed.lines.join('; ')}`);
}

const builtAlready = /no job for .*(?:builds it already|has ordered it)/g;

/** Of one target, in the answer; or of all, in a comment with git's words. */
const saysThatNoJob = ({ author, body }: Comment) =>
  author.isBot && (body.includes('no job for') || body.startsWith('`'.repeat(3)));

/** Each job has a comment that tells its life, and of each of its artefacts what the ledger tells. */
function checkTold(job: SimulatedJob, entries: readonly LedgerEntry[], { asked, history, surroundings }: Seen): void {
  const { id, directory, life, isCancelled } = job;
  const typed = asked.commentOf(directory);
  const { pullRequest = 0 } = typed ?? {};
  if (wasClosedToBots(pullRequest, history)) return;
  const comment = commentOf(surroundings.github.pullRequests.get(pullRequest)?.comments ?? [], id);
  if (comment === undefined) {
    if (history.happenings.some(({ kind }) => kind === 'delete a comment')) return;
    throw new Violation(`job ${id} has no comment`);
  }
  const text = comment.body;
  const rows = rowsOf(text);
  const passedOver = rows.filter(({ line }) => line.includes('|not uploaded|nothing to upload: '));
  const others = rows.filter((row) => !passedOver.includes(row));
  const states = others.map(({ state }) => state);
  const labels = history.happenings.filter(({ kind }) => kind === 'deploy label').length;
  if (passedOver.length > labels)
    throw new Violation(
      `job ${id} says ${passedOver.length} times why nothing is uploaded, of ${labels} labels:\n${text}`,
    );
  // A job that nobody held may have come and gone between two looks at the queue, one that is cancelled is not released.
  const handover = history.site.handover === 'hold_release' && !isCancelled ? ['released'] : [];
  if (isCancelled || states.includes('was cancelled')) checkCancelled(id, rows, text);
  else {
    checkEnd(id, life, text, history.site);
    checkOutput(job, text, history.site);
  }
  const missing = ['submitted', ...handover, 'finished', 'test result'].filter((state) => !states.includes(state));
  if (missing.length > 0) throw new Violation(`job ${id} has no row ${missing.join(', ')}:\n${text}`);
  for (const outcome of ['uploaded', 'not uploaded'] as const) {
    const ofLedger = entries.filter((entry) => entry.job === id && entry.outcome === outcome).length;
    const told = countOf(others, outcome);
    // Those that are counted only may be passed over.
    const isCounted = others.some((row) => row.state === 'not uploaded' && countedBy(row) !== undefined);
    const most = outcome === 'not uploaded' && isCounted ? ofLedger + labels : ofLedger;
    if (told < ofLedger || told > most)
      throw new Violation(`job ${id} has ${told} rows \`${outcome}\`, and the ledger has ${ofLedger}:\n${text}`);
  }
}

/** One row says that it was cancelled, one that this was its end, and each by whom. */
function checkCancelled(id: string, rows: readonly ShownRow[], body: string): void {
  const count = (words: string) => rows.filter(({ line }) => line.includes(words)).length;
  const told = count(`|finished|job id \`${id}\` was cancelled by \`maintainer\``);
  if (told === 1 && count('|finished|`CANCELLED` by `maintainer`') === 1) return;
  throw new Violation(`job ${id} was cancelled, and is not told once that it was, and by whom:\n${body}`);
}

/** Where a site wants summaries, one shows the job, in the state that its own comment tells last. */
function checkSummarized({ id, directory }: SimulatedJob, { asked, history, surroundings }: Seen): void {
  if (!hasSummary(history.site)) return;
  const { pullRequest = 0 } = asked.commentOf(directory) ?? {};
  if (wasClosedToBots(pullRequest, history)) return;
  if (history.happenings.some(({ kind }) => kind === 'delete a comment' || kind === 'close')) return;
  const { comments = [] } = surroundings.github.pullRequests.get(pullRequest) ?? {};
  const told = rowsOf(commentOf(comments, id)?.body ?? '').findLast(({ state }) => state !== 'test result');
  const shown = comments.flatMap(({ body }) => (summaryOf(body) ? (summarizedStates(body).get(id) ?? []) : []));
  // A row of artefacts that is counted stands at the end, wherever it was.
  const isRight = shown[0] === told?.state || (told?.state === 'not uploaded' && shown[0] === 'finished');
  if (shown.length === 1 && isRight) return;
  throw new Violation(`job ${id} is told to be ${told?.state}, and summaries say: ${shown.join(', ') || 'nothing'}`);
}

/** Where a site wants check runs, one shows the job, and how it ended. */
function checkChecked(
  { id, directory, life, isCancelled }: SimulatedJob,
  { asked, history, surroundings }: Seen,
): void {
  const { github } = surroundings;
  // What is not shown for long counts as gone.
  const mayBeGone = history.faults.some((fault) => fault.kind === 'GitHub' && fault.how === 'does not show');
  if (!hasChecks(history.site) || github.isDeleted || mayBeGone) return;
  const { pullRequest = 0 } = asked.commentOf(directory) ?? {};
  const identity = checkIdentity(pullRequest, directory);
  const states = [...github.checks.values()].flatMap((each) => (each.identity === identity ? [each.state] : []));
  const [state] = states;
  const isRight =
    state === 'success'
      ? life.end === 'COMPLETED'
      : state === 'cancelled'
        ? isCancelled || life.end === 'CANCELLED'
        : state === 'timed out'
          ? life.end === 'TIMEOUT' || life.end === 'DEADLINE'
          : state === 'failure';
  if (states.length === 1 && isRight) return;
  throw new Violation(
    `job ${id} ended as ${life.end}, and is shown beside its commit as: ${states.join(', ') || 'nothing'}`,
  );
}

/** However long a text is, so much of it is shown: less than in a real comment, since two rows that count artefacts hardly fit into 900 characters. */
const shortestText = 150;

/** How it ended, or that Slurm has forgotten it, and what its build says. */
function checkEnd(id: string, { end, leaves }: SimulatedJob['life'], body: string, { accounting }: Site): void {
  const [, text = ''] = /^\|[^|]*\|finished\|(.*)\|$/m.exec(body) ?? [];
  const [, state] = /^`([A-Z_]+)`/.exec(text) ?? [];
  const isEndRight = end === 'COMPLETED' ? state === undefined : state === end || (state === 'VANISHED' && !accounting);
  const isBuildTold = !leaves.endsWith('results') || text.includes(`built ${id}`);
  const isLongEnough = leaves !== 'long results' || text.length >= shortestText;
  if (text !== '' && isEndRight && isBuildTold && isLongEnough) return;
  throw new Violation(`job ${id} ended as ${end}, leaving ${leaves}, and is told otherwise:\n${body}`);
}

/** Of one that did not end well, below its table; where a comment may not be long, the table alone is told. */
function checkOutput({ id, life }: SimulatedJob, body: string, { longestTable }: Site): void {
  if (longestTable < 10_000) return;
  const isTold = body.includes(`\n<pre>\n${outputOf(id)}\n</pre>\n`);
  if (life.end === 'COMPLETED' || isTold) return;
  throw new Violation(`job ${id} ended as ${life.end}, and what it printed last is not told:\n${body}`);
}

/** One answer per comment with a command, however often its delivery came. */
function checkResponses({ asked, history, surroundings }: Seen): void {
  for (const { number, comments } of surroundings.github.pullRequests.values()) {
    const responses = comments.filter(({ author, body }) => author.isBot && isResponse(body)).length;
    const waiting = comments.find(({ author, body }) => author.isBot && body.includes('has to wait'));
    if (waiting !== undefined && !wasClosedToBots(number, history))
      throw new Violation(`it is still told that something waits:\n${waiting.body}`);
    const ofThis = asked.comments.filter((each) => each.pullRequest === number);
    const typed = ofThis.filter(isForUs);
    const most = ofThis.filter(({ lines }) => lines.some(mayBeForUs)).length;
    // Where GitHub lost an answer of ours, an earlier one that reads the same is taken for it.
    const different = new Set(typed.map(({ isPermitted, lines }) => [isPermitted, ...lines].join('\n'))).size;
    const toBeHeard = history.faults.some(({ kind }) => kind === 'GitHub') ? different : typed.length;
    const least = wasClosedToBots(number, history) ? 0 : toBeHeard;
    if (responses >= least && responses <= most) continue;
    const texts = comments.map(({ id, author, body }) => `${id} ${author.login}: ${body}`).join('\n---\n');
    throw new Violation(`pull request ${number} has ${responses} answers to ${typed.length} comments:\n${texts}`);
  }
}

/** Each look at what a deployment would do is answered once, if there was a job by then, and there still is. */
function checkPreviews({ asked, history, surroundings }: Seen): void {
  const mayBeMissing = new Set(['close', 'delete a comment', 'transfer the repository', 'delete the repository']);
  const isAllThere = !history.happenings.some(({ kind }) => mayBeMissing.has(kind));
  for (const [number, { comments }] of surroundings.github.pullRequests) {
    const shown = comments.filter(({ author, body }) => author.isBot && isPreview(body)).length;
    const looks = asked.comments.filter(
      (each) => each.pullRequest === number && each.isPermitted && each.lines.includes('bot: explain deploy'),
    );
    const known = new Set<string>(surroundings.slurm.jobs.filter((job) => !isForger(job)).map(({ id }) => id));
    const firstJob = Math.min(...comments.filter(({ body }) => known.has(jobOf(body) ?? '')).map(({ id }) => id));
    const isSure = isAllThere && !wasClosedToBots(number, history);
    const least = isSure ? looks.filter(({ id }) => id > firstJob).length : 0;
    if (shown < least || shown > looks.length)
      throw new Violation(
        `pull request ${number} shows ${shown} times what a deployment would do, asked ${looks.length} times`,
      );
  }
}

/** The ledger, which is whole and tells nothing twice. */
async function checkedLedger(stateDir: string): Promise<readonly LedgerEntry[]> {
  const { brokenLine, entries } = await readLedger(stateDir);
  if (brokenLine !== undefined) {
    const text = world().files.text(join(stateDir, 'ledger.jsonl'));
    throw new Violation(`line ${brokenLine} of the ledger is broken:\n${text}`);
  }
  const twice = firstRepeated(entries.map(({ delivery, job, artefact }) => `${delivery} ${job}/${artefact}`));
  if (twice !== undefined) throw new Violation(`the ledger tells twice of ${twice}`);
  return entries;
}

/** Of what had succeeded when the label was set as much is uploaded as the site's policy says, or it is told why not. */
function checkDeployed(
  { pullRequest, at }: DeployLabel,
  entries: readonly LedgerEntry[],
  { asked, history, surroundings }: Seen,
): void {
  // Under a new name the repository's old jobs are not known.
  const makesDifferent = new Set([
    'remove the deploy label',
    'close',
    'transfer the repository',
    'delete the repository',
  ]);
  if (history.happenings.some(({ kind }) => makesDifferent.has(kind))) return;
  const jobs = surroundings.slurm.jobs.filter(
    ({ directory }) => asked.commentOf(directory)?.pullRequest === pullRequest,
  );
  const succeeded = jobs.filter(
    ({ life, endedAt, isCancelled }) =>
      !isCancelled &&
      life.forges === 'none' &&
      life.end === 'COMPLETED' &&
      life.leaves.endsWith('results') &&
      (endedAt ?? at) < at,
  );
  const treated = jobs.filter(({ id }) => entries.some((entry) => entry.job === id));
  const isDone = {
    all: succeeded.every((job) => treated.includes(job)),
    // What has ended since, and before the order was carried out, is newer.
    latest: newestOf(treated) >= newestOf(succeeded),
    once: succeeded.length === 0 || treated.length > 0,
  };
  if (!isDone[history.site.policy])
    throw new Violation(
      `a deployment was ordered with the policy ${history.site.policy}, ${idsOf(succeeded)} had succeeded, and something became of ${idsOf(treated)}`,
    );
  const uploaded = entries.filter(({ job, outcome }) => outcome === 'uploaded' && jobs.some(({ id }) => id === job));
  if (history.site.policy === 'once' && uploaded.length > 1)
    throw new Violation(`of one payload ${uploaded.length} artefacts were uploaded`);
}

const newestOf = (jobs: readonly SimulatedJob[]) => Math.max(0, ...jobs.map(({ id }) => Number(id)));
const idsOf = (jobs: readonly SimulatedJob[]) => jobs.map(({ id }) => id).join(', ') || 'none';

/** What a pull request's uploaded.txt names, it names once. */
function checkUploadedLists(jobsBaseDir: string): void {
  const { files } = world();
  for (const month of files.list(jobsBaseDir)) {
    for (const pr of files.list(join(jobsBaseDir, month))) {
      const text = files.text(join(jobsBaseDir, month, pr, 'uploaded.txt')) ?? '';
      const lines = text.split('\n').filter(Boolean);
      if (firstRepeated(lines) !== undefined)
        throw new Violation(`uploaded.txt of ${pr} has a line twice:\n${lines.join('\n')}`);
    }
  }
}

/** What a daemon that was killed left of a write; nobody takes it for a file. */
const isHalfWritten = (name: string) => /^\..+\.tmp$/.test(name);

/** Nothing that was fit to be handled was set aside. */
function checkSetAside({ stateDir, jobManager }: Surroundings['settings'], forgers: readonly SimulatedJob[]): void {
  const isForgers = (name: string) => forgers.some(({ id }) => name === id || name === `${id}.why`);
  for (const place of [
    join(stateDir, 'inbox/failed'),
    join(stateDir, 'orders/failed'),
    join(jobManager.jobIdsDir, 'failed'),
  ]) {
    const names = world()
      .files.list(place)
      .filter((name) => !isForgers(name) && !isHalfWritten(name));
    if (names.length > 0) throw new Violation(`set aside in ${place}: ${names.join(', ')}`);
  }
}

function firstRepeated(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}
