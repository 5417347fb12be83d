import fc from 'fast-check';
import type { Forgery } from './forge.ts';
import {
  type ClockStep,
  type Fault,
  type FaultOfCall,
  failure,
  type GitHubFault,
  type Happening,
  type History,
  historiesOfOne,
  type JobLife,
  notSynced,
  type RelayFault,
  tellingCalls,
} from './history.ts';

/** A defect that is put into the daemons' code to see whether the simulator finds it. */
export interface Defect {
  readonly name: string;
  /** Relative to the top of the project. */
  readonly file: string;
  /** The right text, which occurs once in the file. */
  readonly right: string;
  readonly wrong: string;
  /** The histories that are searched, where too few of all come upon it. */
  readonly among?: fc.Arbitrary<History>;
  /** The first seed that is known to fail with it, where that is a far one: the search begins there, and goes on from there. Default: 1. */
  readonly seed?: number;
}

const build = fc.constant<Happening[]>([
  { kind: 'comment', afterSeconds: 0, pullRequest: 1, by: 'maintainer', lines: ['bot: build'] },
]);
/** The pull request is closed while its jobs wait or run. */
const earlyClose = fc.integer({ min: 20, max: 120 }).map((afterSeconds): Happening[] => [
  { kind: 'comment', afterSeconds: 0, pullRequest: 1, by: 'maintainer', lines: ['bot: build'] },
  { kind: 'close', afterSeconds, pullRequest: 1 },
]);
/** A build of two jobs, of which the second one forges something. */
const forging = (...names: readonly Exclude<Forgery, 'none'>[]) =>
  fc.tuple(historiesOfOne(build, fc.constant<Fault[]>([])), fc.constantFrom(...names)).map(
    ([history, forges]): History => ({
      ...history,
      lives: history.lives.flatMap((life): JobLife[] => [
        { ...life, forges: 'none' },
        { ...life, forges },
      ]),
    }),
  );

/** The clock is wrong from the start of the daemons on. */
const wrongAtStart = (stepSeconds: number) =>
  fc.record<ClockStep>({
    fromSecond: fc.constant(0),
    seconds: fc.constant(600),
    stepSeconds: fc.constant(stepSeconds),
  });
const awayAtStart = fc.record<GitHubFault>({
  kind: fc.constant('GitHub'),
  how: fc.constant('is away'),
  fromSecond: fc.constant(0),
  seconds: fc.constantFrom(300, 90),
});
const dropsAll = fc.constant<RelayFault>({ kind: 'relay', how: 'drops', fromSecond: 0, seconds: 90 });
const day = 86_400;

const failingCall = (daemon: FaultOfCall['daemon'], of: string, at: { min: number; max: number }) =>
  fc.record<FaultOfCall>({
    kind: fc.constant('call'),
    daemon: fc.constant(daemon),
    of: fc.constant(of),
    at: fc.integer(at),
    fault: failure,
    downSeconds: fc.constant(1),
  });

/** A daemon dies after one of these calls, and is back at once. */
const killAfter = (daemon: FaultOfCall['daemon'], ...calls: readonly string[]) =>
  fc.record<FaultOfCall>({
    kind: fc.constant('call'),
    daemon: fc.constant(daemon),
    of: fc.constantFrom(...calls),
    at: fc.integer({ min: 1, max: 6 }),
    fault: fc.constant({ kind: 'kill', when: 'after' }),
    downSeconds: fc.constant(1),
  });

/** A job that succeeds, and is deployed: the job manager dies after one of its calls. */
const deployment = historiesOfOne(
  fc.constant<Happening[]>([
    { kind: 'comment', afterSeconds: 0, pullRequest: 1, by: 'maintainer', lines: ['bot: build arch:zen2'] },
    { kind: 'deploy label', afterSeconds: 190, pullRequest: 1, by: 'maintainer' },
  ]),
  fc.tuple(killAfter('job manager', ...tellingCalls['job manager'])),
).map(
  (history): History => ({
    ...history,
    lives: history.lives.map(
      (life): JobLife => ({ ...life, end: 'COMPLETED', leaves: 'results', interruption: 'none', forges: 'none' }),
    ),
  }),
);

/** What goes wrong in programs of this kind, each put where it would be. */
export const defects: readonly Defect[] = [
  {
    name: 'a row is sent before it is recorded',
    seed: 52,
    file: 'src/job-manager/watch/carry-out.ts',
    right: '  return await tools.jobs.change(job, tools.forge, ({ asked: _, ...record }) => {',
    wrong: `  const early = await tools.jobs.read(job, tools.forge);
  const { renderComment } = await import('../../messages/render-comment.ts');
  if (early.comment.kind === 'posted') {
    const body = renderComment(early.comment.head, [...early.rows, ...rows]);
    await tools.forge.updateComment(early, early.comment.id, body);
  }
  return await tools.jobs.change(job, tools.forge, ({ asked: _, ...record }) => {`,
  },
  {
    name: 'received deliveries are known in memory only',
    file: 'src/event-handler/receive/inbox.ts',
    right: 'if (isFileOfOurs(name)) inbox.#know(name);',
    wrong: '',
  },
  {
    name: 'a job that the queue does not show has ended',
    file: 'src/job-manager/watch/plan-job.ts',
    right: 'if (answer === undefined) return [];',
    wrong: "if (answer === undefined) return [{ kind: 'finished', end: { how: 'completed', reason: '' } }];",
  },
  {
    name: 'a job is released though that could not be recorded',
    seed: 9_000_106,
    file: 'src/job-manager/watch/carry-out.ts',
    right: 'const begun = await',
    wrong: 'due.set(job.id, change.address);\n      const begun = await',
  },
  {
    name: 'a running job is told of in each interval',
    file: 'src/job-manager/watch/plan-job.ts',
    right: "return phase === 'running' ? []",
    wrong: 'return false ? []',
  },
  {
    name: 'sbatch runs again without a look at the queue',
    file: 'src/event-handler/submit/submit-job.ts',
    right: "if (submission.kind === 'submitting') {",
    wrong: 'if (false) {',
    among: historiesOfOne(build, fc.tuple(killAfter('event handler', 'sbatch'))),
  },
  {
    name: 'sbatch runs again while the first one does',
    file: 'src/event-handler/submit/submit-job.ts',
    right: 'if (await tools.slurm.isSubmissionUnderWay(command)) {',
    wrong: 'if (false) {',
    among: historiesOfOne(build, fc.tuple(killAfter('event handler', 'sbatch'))),
  },
  {
    name: 'a comment is posted again without a look at the pull request',
    seed: 95,
    file: 'src/outside/forge/say-once.ts',
    right: "before?.kind === 'posting' ? await findIt(toSay, forge) : undefined",
    wrong: 'undefined',
  },
  {
    name: 'bytes are not synced',
    seed: 29,
    file: 'src/outside/files/durable-files.ts',
    right: '    await file.writeFile(content);\n    await file.sync();',
    wrong: '    await file.writeFile(content);',
  },
  {
    name: 'names are not synced',
    seed: 29,
    file: 'src/outside/files/sync-directory.ts',
    right: 'await directory.sync().finally(() => directory.close());',
    wrong: 'await directory.close();',
  },
  {
    name: 'a record is written in place',
    seed: 29,
    file: 'src/jobs/job-record.ts',
    right: 'await writeDurably(path, written);',
    wrong: "await (await import('node:fs/promises')).writeFile(path, written);",
  },
  {
    name: 'how far a plan is carried out is kept in memory only',
    seed: 37,
    file: 'src/event-handler/comment/carry-out-plan.ts',
    right: 'await this.#file.write(this.#plan);',
    wrong: '',
  },
  {
    name: 'a command is told that it waits before its plan is synced',
    seed: 789_244,
    file: 'src/event-handler/work-off.ts',
    right: '  await syncAgain(failure);\n  await tell();',
    wrong: '  await tell();',
  },
  {
    name: 'a summary is sent again before what failed is synced',
    seed: 1_503_585,
    file: 'src/job-manager/watch/send-summaries.ts',
    right: 'await syncAgain(memory.failures.get(subject));',
    wrong: '',
  },
  {
    name: 'an artefact is uploaded without a look at the ledger',
    seed: 21,
    file: 'src/job-manager/deploy/deploy-order.ts',
    right: 'const entry = before ?? (await upload(planned, progress, open, tools, ledger));',
    wrong: 'const entry = await upload(planned, progress, open, tools, ledger);',
    among: deployment,
  },
  {
    name: 'an order is closed before it is carried out',
    file: 'src/job-manager/deploy/deploy-order.ts',
    right: 'const outcome =\n    reason === undefined\n',
    wrong:
      "await (await import('../../jobs/orders.ts')).closeOrder(open);\n  const outcome =\n    reason === undefined\n",
    among: deployment,
  },
  {
    name: 'a job is handed over before it has its comment',
    seed: 95,
    file: 'src/event-handler/submit/build-job.ts',
    right: '  const told = await tell(job, id, record, turn, tools);',
    wrong: `  await handOver(tools.settings.stateDir, link);
  const { repository: of, pullRequest: number } = record;
  await writeMetadata(job.directory, id, { repository: of, pullRequest: number, commentId: -1 });
  const told = await tell(job, id, record, turn, tools);`,
  },
  {
    name: 'deliveries that were missed are not fetched',
    file: 'src/event-handler/receive/plan-recovery.ts',
    right: 'missing: inOrder([...found, ...progress.missing.toReversed()])',
    wrong: 'missing: []',
  },
  {
    name: 'the watch throws where a job has forged its record',
    file: 'src/job-manager/watch/on-its-own.ts',
    right: '    await failed(each.job, error, tools, memory);\n    return each;',
    wrong: '    throw error;',
    among: forging('no record', 'a record of wrong types'),
  },
  {
    name: 'what a job has forged is believed',
    file: 'src/jobs/job-record.ts',
    right: "openShape('job record', placeOfRecord(directory), file.text, recordSchema)",
    wrong: "(await import('../outside/files/parse-shape.ts')).readShape(file.text, recordSchema, '')",
    among: forging('the comment of another job'),
  },
  {
    name: 'a job that cannot be used is followed for ever',
    file: 'src/daemon/attempts.ts',
    right: 'timesOwn: 20, timesUnusable: 20 }',
    wrong: 'timesOwn: 1e9, timesUnusable: 1e9 }',
    among: forging('no record'),
  },
  {
    name: 'a job that has forged its record fails its whole command',
    file: 'src/event-handler/submit/build-job.ts',
    right: '  if (!(await exists(job.directory))) throw new Error(why); // most likely not mounted',
    wrong: '  if (why) throw new Error(why);',
    among: historiesOfOne(
      build,
      fc.tuple(
        fc.record<FaultOfCall>({
          kind: fc.constant('call'),
          daemon: fc.constant('event handler'),
          of: fc.constant('sbatch'),
          at: fc.constant(1),
          fault: fc.constant({ kind: 'kill', when: 'after' }),
          downSeconds: fc.constant(400),
        }),
      ),
    ).map(
      (history): History => ({
        ...history,
        site: { ...history.site, handover: 'delayed_begin' },
        lives: history.lives.map((life) => ({ ...life, forges: 'no record' })),
      }),
    ),
  },
  {
    name: 'a clean-up takes the directories of jobs that run',
    file: 'src/job-manager/cleanup/read-jobs-to-clean-up.ts',
    right: "job.state === 'ended' && isUnfinished(job)",
    wrong: 'false',
    among: historiesOfOne(earlyClose, fc.constant<Fault[]>([])),
  },
  {
    name: 'a job is put away before its last row is sent',
    seed: 81,
    file: 'src/job-manager/watch/watch-once.ts',
    right: "now.phase === 'finished' && !isBehind(now)",
    wrong: "now.phase === 'finished'",
  },
  {
    name: 'anybody may command',
    file: 'src/event-handler/comment/parse-comment.ts',
    right: "if (!mayCommand(sender, settings)) return 'no command permission';",
    wrong: '',
  },
  {
    name: 'anybody may deploy',
    seed: 28,
    file: 'src/event-handler/handle-pull-request.ts',
    right: 'if (!mayDeploy(senderOf(route), settings)) {',
    wrong: 'if (false) {',
  },
  {
    name: 'the directory of a job is not synced',
    seed: 29,
    file: 'src/event-handler/submit/prepare-directories.ts',
    right: 'await putOnDisk(unfinished, tools);',
    wrong: '',
  },
  {
    name: 'a job is prepared under its own name',
    seed: 37,
    file: 'src/event-handler/submit/prepare-directories.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    right: 'join(dirname(directory), `.${basename(directory)}.preparing`)',
    wrong: 'directory',
  },
  {
    name: 'a delivery is put away before it is worked off',
    seed: 29,
    file: 'src/event-handler/work-off.ts',
    right: 'if (!isHandled) await this.#handle(name, route, delivery, { log, takenUpAt });\n        isHandled = true;',
    wrong:
      '{\n          await inbox.putAway(name);\n          await this.#handle(name, route, delivery, { log, takenUpAt });\n        }',
  },
  {
    name: 'a delivery that could not be put away is handled again',
    seed: 49,
    file: 'src/event-handler/work-off.ts',
    right: 'if (!isHandled) await',
    wrong: 'await',
    among: historiesOfOne(build, fc.tuple(failingCall('event handler', '', { min: 100, max: 400 }))),
  },
  {
    name: 'a comment is edited without its first row',
    file: 'src/job-manager/watch/send-rows.ts',
    right: 'renderComment(comment.head, rows, below, uploading?.text)',
    wrong: 'renderComment(comment.head, rows.slice(1), below, uploading?.text)',
  },
  {
    name: 'an upload is noted without a look whether it was',
    seed: 782,
    file: 'src/job-manager/deploy/note-uploaded.ts',
    right: 'if (text.split(/\\r?\\n/).includes(line)) return;',
    wrong: '',
  },
  {
    name: 'a line of the ledger does not hold the one before',
    seed: 782,
    file: 'src/jobs/ledger.ts',
    right: 'previous: last === undefined ? noLine : sha256(last)',
    wrong: 'previous: noLine',
  },
  {
    name: 'what a killed daemon left is not synced',
    seed: 1211,
    file: 'src/daemon/places.ts',
    right: 'await syncFileSystems([...new Set(Object.values(places))], tools)',
    wrong: 'undefined',
    among: historiesOfOne(build, fc.tuple(notSynced)),
  },
  {
    name: 'how a job ended is not told',
    file: 'src/messages/job-rows.ts',
    right: "if (how === 'completed') return '';",
    wrong: "if (how !== 'vanished') return '';",
  },
  {
    name: 'what a job printed last is not kept in its record',
    file: 'src/job-manager/watch/carry-out.ts',
    right: '    ...(below && { below }),\n',
    wrong: '',
  },
  {
    name: 'a check that may be there is made again without a look',
    file: 'src/job-manager/watch/send-checks.ts',
    right: 'plan.id === undefined ? await forge.findCheck(repository, check) : undefined',
    wrong: 'undefined',
  },
  {
    name: 'what is shown beside a commit is not brought up to date',
    file: 'src/job-manager/watch/plan-checks.ts',
    right: 'if (check?.shows === shows) return leaveIt;',
    wrong: 'if (check !== undefined) return leaveIt;',
  },
  {
    name: 'a target that Slurm refused is not told',
    seed: 40,
    file: 'src/event-handler/submit/build-job.ts',
    right: 'return { why: notSubmitted(job.target, submission.message) };',
    wrong: 'return {};',
  },
  {
    name: 'a table that is full says nothing of what it leaves out',
    seed: 1209,
    file: 'src/messages/render-comment.ts',
    right: '...[...counted.values()].flatMap(countRow)]',
    wrong: ']',
  },
  {
    name: 'a job that is suspended has ended',
    file: 'src/outside/slurm/job-state.ts',
    right: "  ['COMPLETED', 'completed'],",
    wrong: "  ['COMPLETED', 'completed'],\n  ['SUSPENDED', 'completed'],",
  },
  {
    name: 'a comment that may not be written any more is tried for ever',
    seed: 246,
    file: 'src/job-manager/watch/send-rows.ts',
    right: "return await fallSilent(job, 'it was deleted, or may not be written to any more', tools);",
    wrong: 'return record;',
  },
  {
    name: 'a place that is not mounted any more is written to',
    seed: 349,
    file: 'src/daemon/places.ts',
    right: '    await stat(fileIn(directory));',
    wrong: '',
  },
  {
    name: 'a place that is not mounted is taken for a new one',
    file: 'src/daemon/places.ts',
    right: 'if (by === undefined || there.has(directory)) return [];',
    wrong: 'return [];',
  },
  {
    name: 'what was uploaded once is uploaded again',
    seed: 122,
    file: 'src/job-manager/deploy/plan-uploads.ts',
    right: ' && !done.has(each.name.payload)',
    wrong: '',
  },
  {
    name: 'the oldest artefact is taken for the latest',
    seed: 245,
    file: 'src/job-manager/deploy/plan-uploads.ts',
    right: 'those.toSorted(newestFirst(those, head)).slice(0, 1)',
    wrong: 'those.toSorted(newestFirst(those, head)).slice(-1)',
  },
  {
    name: 'who wanted to cancel a job is told to have done it, though Slurm was never asked',
    seed: 9_321_080,
    file: 'src/job-manager/watch/plan-job.ts',
    right: 'return cancellation?.isAsked === true &&',
    wrong: 'return cancellation !== undefined &&',
  },
  {
    name: 'a cancellation fails where the job spoils its record meanwhile',
    seed: 9_308_980,
    file: 'src/job-manager/cancel/cancel-order.ts',
    right: 'if (!(err instanceof Unusable)) throw err;',
    wrong: 'throw err;',
  },
  {
    name: 'what GitHub does not show once is gone',
    seed: 52,
    file: 'src/outside/forge/github/doubts.ts',
    right: 'if (this.#isGone(subject)) return',
    wrong: 'return',
  },
  {
    name: 'where git cannot reach its server the build is refused',
    seed: 869,
    file: 'src/event-handler/submit/build-command.ts',
    right: 'gitFailures.find(({ mayPass }) => mayPass)',
    wrong: 'gitFailures.find(() => false)',
  },
  {
    name: 'that a command waits is told for ever',
    seed: 40,
    file: 'src/event-handler/comment/carry-out-plan.ts',
    right: "if (now.kind !== 'posted' || isShown) return;",
    wrong: 'return;',
  },
  {
    name: 'what is done is pruned by one look at the clock',
    file: 'src/event-handler/serve.ts',
    right: '  const now = forgeTime.earlier();',
    wrong: '  const now = new Date();',
  },
  {
    name: 'waits go by the wall clock',
    seed: 89,
    file: 'src/daemon/clock.ts',
    right: 'monotonic: () => performance.now()',
    wrong: 'monotonic: () => Date.now()',
  },
  {
    name: 'a job is not asked for until the time of the last answer has come again',
    seed: 571,
    file: 'src/job-manager/watch/plan-asking.ts',
    right: ' || ageMilliseconds < 0;',
    wrong: ';',
  },
  {
    name: 'what was received while the clock was wrong is pruned by its name',
    file: 'src/event-handler/receive/prune-inbox.ts',
    right: ' || (await isYoung(done, name, now, glance))',
    wrong: '',
    among: historiesOfOne(build, fc.tuple(awayAtStart), fc.tuple(wrongAtStart(-9 * day))),
  },
  {
    name: 'a beginning that was guessed while the clock was ahead stays',
    file: 'src/event-handler/receive/recovery.ts',
    right: 'if (!progress.guessed || now === undefined) return progress;',
    wrong: 'if (now !== null) return progress;',
    among: historiesOfOne(build, fc.tuple(awayAtStart, dropsAll), fc.tuple(wrongAtStart(8 * day))),
  },
];
