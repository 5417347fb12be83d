import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseComment } from '../../src/event-handler/comment/parse-comment.ts';
import { planComment } from '../../src/event-handler/comment/plan-comment.ts';
import { lastLines } from '../../src/jobs/job-output.ts';
import type { JobRecord, Row } from '../../src/jobs/job-record.ts';
import { toldByRows } from '../../src/jobs/told-by-rows.ts';
import { buildLabel } from '../../src/messages/build-label.ts';
import { mayNotCancel, type NotCancelled, tellCancelled } from '../../src/messages/cancel.ts';
import { jobCheck } from '../../src/messages/check.ts';
import { asComment, cutMarkdown } from '../../src/messages/comment.ts';
import { configTable } from '../../src/messages/config-table.ts';
import { codeSpan, escapeMarkdown } from '../../src/messages/escape-markdown.ts';
import { explainBuildComment } from '../../src/messages/explain.ts';
import { failureComment } from '../../src/messages/failure-comment.ts';
import { firstCommentHead, submittedRow } from '../../src/messages/first-comment.ts';
import { commandHelp, helpText } from '../../src/messages/help.ts';
import { belowTable } from '../../src/messages/job-output.ts';
import {
  cancelledRow,
  cancelRow,
  finishedRow,
  notUploadedRow,
  receivedRow,
  refusedRow,
  releasedRow,
  runningRow,
  shortEnd,
  slurmState,
  testResultRow,
  uploadedRow,
  uploadingNote,
  withdrawnRow,
} from '../../src/messages/job-rows.ts';
import { hasNot, logComment } from '../../src/messages/log-comment.ts';
import { md } from '../../src/messages/markdown.ts';
import { movedJobDirs } from '../../src/messages/moved-job-dirs.ts';
import { nearMiss } from '../../src/messages/near-miss.ts';
import {
  labelWithoutEffect,
  mayNotBuild,
  noBuildPermission,
  noDeployPermission,
} from '../../src/messages/no-permission.ts';
import { previewComment } from '../../src/messages/preview.ts';
import { renderComment } from '../../src/messages/render-comment.ts';
import { type ResponseItem, responseComment, tellOfJobs } from '../../src/messages/response.ts';
import { renderStatus } from '../../src/messages/status.ts';
import { renderSummary, summaryRow } from '../../src/messages/summary.ts';
import type { ToldBuild } from '../../src/messages/told-build.ts';
import type { Markdown } from '../../src/outside/forge/forge.ts';
import type { JobId } from '../../src/outside/slurm/slurm.ts';
import { dialects } from '../../src/settings/dialects.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { exampleComment } from '../example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../example-settings.ts';
import { whatGitHubMakes } from '../wild/foreign-texts/what-github-makes.ts';
import { hostileText } from './hostile-text.ts';
import { howOften } from './how-often.ts';

const at = new Date('2026-03-10T12:00:00Z');
const settings = exampleSettings();
const { texts } = settings;

function job(text: string, { dialect }: Settings) {
  const nodeType = { name: 'n', os: 'linux', cpuSubdir: 'x86_64/amd/zen2', slurmParams: [], repositories: ['R1'] };
  const named = { appName: 'bot-a', repositoryId: 'R1', nodeType, jobId: '7', symlink: '/jobs/7' };
  return {
    ...named,
    forArch: dialect.hasFor ? 'x86_64/amd/zen2' : text,
    forAccelerator: text,
    onAccelerator: text,
  };
}

/** Where the end of a job says of itself what it may: everything else in it is text of strangers. */
const ending = (text: string) => ({
  reason: text,
  exitCode: '1:0',
  cancelledBy: text,
  saidByScript: text,
  description: 'SUCCESS',
});

/** A description is Markdown of the job's own: tried by itself below. */
const rows = (text: string): Row[] => [
  submittedRow(at, job(text, settings), dialects['9'], texts),
  releasedRow(at, texts),
  receivedRow(at, texts, text),
  runningRow(at, texts, '7'),
  finishedRow(at, texts, '7', { how: 'failed', ...ending(text) }),
  testResultRow(at, texts, '7', undefined),
  uploadedRow(at, text),
  notUploadedRow(at, text, text),
  refusedRow(at, text, text),
  withdrawnRow(at, text, text),
  cancelRow(at, '7', text),
  cancelledRow(at, text),
];

/** What commands with such a text in them are answered, in words of the commands themselves. */
function items(text: string): ResponseItem[] {
  const typed = text.replaceAll(/[\r\n]/g, ' ');
  const body = `bot: ${typed}\nbot: build for:arch=x86_64/amd/zen2 ${typed}\nbot: show_config inst:bot ${typed}`;
  const plan = planComment(parseComment(exampleComment(body), settings), {}, settings);
  const planned = plan.kind === 'planned' ? plan.commands : [];
  const failures = [`no job for \`R1\`: ${escapeMarkdown(text)}` as Markdown];
  return [
    { kind: 'no-command-permission' },
    { kind: 'received', typed: text, expanded: text, result: tellOfJobs([{ id: text }], failures) },
    { kind: 'received', typed: text, expanded: text, result: { kind: 'no-build-permission' } },
    ...planned.flatMap(({ typed: one, command, outcome }): ResponseItem[] => {
      if (outcome.kind === 'misunderstood') return [{ kind: 'misunderstood', typed: one, reason: outcome.reason }];
      if (outcome.kind !== 'refused') return [];
      const { name, expanded } = command ?? { name: one, expanded: one };
      return [
        { kind: 'received', typed: one, expanded, result: { kind: 'failed', command: name, reason: outcome.reason } },
      ];
    }),
  ];
}

const withoutBackquotes = { ...texts, withAccelerator: ' and {accelerator} ' as typeof texts.withAccelerator };

/** Of another bot: every field that a comment fills, in every state, is what somebody else wrote. */
const builds = (text: string): ToldBuild[] => {
  const place = { arch: text, accelerator: text };
  const told = { on: place, for: place, repository: text, date: text, url: 'https://github.com/O/R/pull/9' };
  return (['submitted', 'received', 'running', 'finished'] as const).map((state) => ({ ...told, state, result: text }));
};

/** What a job has printed. */
const ofJob = (text: string) => ({
  ...{ kind: 'lines' as const, lines: [...lastLines(text, 20, { isWhole: true }), 'the end'] },
  target: { repositoryId: text, architecture: text },
});

const helpOfBuild = { usage: 'bot: build' as Markdown, does: 'builds' as Markdown, notes: [] };

const record = (text: string, change: Partial<JobRecord> = {}): JobRecord => ({
  ...{ version: 1, repository: { owner: 'O', name: 'R' }, pullRequest: 9, phase: 'finished', rowsSent: 0 },
  submission: { kind: 'submitted', id: '7' as JobId, cluster: '', at: at.toISOString() },
  comment: { kind: 'silent' },
  rows: rows(text),
  ...toldByRows(rows(text)),
  ...change,
});

/** All jobs of a command: of names, of what Slurm and jobs say, of a refusal. */
const summary = (text: string) => {
  const place = { arch: text, accelerator: text };
  const jobs = [1, 2].map(() => ({ directory: '/jobs', repositoryId: text, for: place, on: place }));
  const refused = record(text, { submission: { kind: 'refused', message: text } });
  const shown = [record(text), refused].map((each) => summaryRow(each, false));
  return renderSummary('bot-a', { by: text, commit: 'a'.repeat(40), jobs }, shown, 'GUID_run_000.json');
};

/** What stands beside the commit. */
const checked = (text: string) => {
  const target = { repositoryId: text, nodeType: text, architecture: text, accelerator: text };
  const below = belowTable({ ...ofJob(text), id: '7', appName: 'bot-a', dialect: dialects['9'] });
  const change = { target, below, commit: 'a'.repeat(40), orderedBy: { login: text } };
  return jobCheck(record(text, change), 'failure', '9-1', 'bot-a');
};

/** Jobs that are cancelled, and why others are not. */
const cancelled = (text: string) => {
  const why: NotCancelled['why'][] = [
    { kind: 'not the owner', owner: text },
    { kind: 'cancelled before', by: text },
    { kind: 'refused', message: text },
    { kind: 'ended', how: shortEnd(texts, '7', { how: 'failed', ...ending(text) }) ?? md`` },
    { kind: 'ended', how: slurmState('timeout') },
  ];
  const refused = why.map((each) => ({ id: '7', why: each }));
  const told = tellCancelled({ ids: { valid: 1, dropped: [text] }, cancelled: [text], later: [text], refused });
  return asComment([...told.done, ...told.why].map((line) => `- ${line}`).join('\n'));
};

const explained = (text: string, commit?: string) => {
  const told = {
    for: [text, text],
    repositoryId: text,
    on: text,
    options: [text, `--comment=${text}`],
    exports: [text],
  };
  const asker = { login: text, mayBuild: false };
  const why = {
    leftOut: [`no job: ${escapeMarkdown(text)}` as Markdown],
    mayChangeOptions: true,
    ...(commit !== undefined && { commit }),
  };
  return explainBuildComment({ appName: 'bot-a', typed: text, asker, jobs: [told], ...why });
};

function preview(text: string): Markdown {
  const row = { job: '7', artefact: text, size: 1, sha256: text, commit: text, to: text };
  const rows = [
    { ...row, isUploaded: true },
    { ...row, isUploaded: false, why: escapeMarkdown(text) },
  ];
  const asker = { login: text, mayDeploy: false };
  const rules = { policy: 'once', stale: 'upload', deployers: [text] } as const;
  return previewComment({ appName: 'bot-a', at, typed: text, isFiltered: true, asker, ...rules, rows });
}

/** By the function of src/messages that makes them. */
const comments: Record<string, (text: string) => string> = {
  responseComment: (text) => responseComment('bot-a', text, items(text), texts),
  uploadingNote: (text) => asComment(uploadingNote(text, 1, 2)),
  firstCommentHead: (text) => renderComment(firstCommentHead(job(text, settings), dialects['9'], texts), rows(text)),
  'firstCommentHead before generation 9': (text) =>
    renderComment(firstCommentHead(job(text, exampleSettings6()), dialects['6'], exampleSettings6().texts), rows(text)),
  'firstCommentHead with a text of the site without backquotes': (text) =>
    renderComment(firstCommentHead(job(text, settings), dialects['9'], withoutBackquotes), []),
  failureComment: (text) => failureComment('apply', text, texts),
  noBuildPermission: (text) => noBuildPermission(text, texts),
  noDeployPermission: (text) => noDeployPermission(text, texts),
  movedJobDirs: (text) => movedJobDirs([`/jobs/${text.length}`], '/trash', false, texts),
  configTable: (text) => configTable(text, settings.nodeTypes, dialects['9']),
  buildLabel: () => buildLabel('bot-a', dialects['9']),
  helpText: (text) =>
    helpText({ appName: 'bot-a', commands: [], targets: [text], repositories: [text], example: text }),
  nearMiss: (text) => responseComment('bot-a', text, [{ kind: 'near-miss', line: nearMiss(text, text) }], texts),
  commandHelp: (text) => commandHelp({ ...helpOfBuild, example: text, permissions: [text], searches: [text] }),
  renderStatus: (text) =>
    renderStatus(builds(text), { dialect: dialects['9'], hasCommits: true, rebuilds: builds(text) }),
  'renderStatus before generation 9': (text) =>
    renderStatus(builds(text), { dialect: dialects['6'], hasCommits: false }),
  belowTable: (text) => asComment(belowTable({ ...ofJob(text), id: '7', appName: 'bot-a', dialect: dialects['9'] })),
  previewComment: (text) => preview(text),
  labelWithoutEffect: (text) => labelWithoutEffect(text, text),
  explainBuildComment: (text) => explained(text, 'a'.repeat(40)),
  'explainBuildComment of nothing': (text) => explained(text),
  renderSummary: summary,
  jobCheck: (text) => checked(text).summary,
  'jobCheck of one that printed something': (text) => checked(text).text ?? '',
  tellCancelled: cancelled,
  mayNotCancel: (text) => asComment(mayNotCancel(text)),
  mayNotBuild: (text) => asComment(mayNotBuild(text)),
  logComment: (text) => logComment(text, [{ id: '7', phase: 'running', output: ofJob(text) }], [text]),
  hasNot: (text) => asComment(hasNot(text, [text])),
};

/** What the comments above are made of, and what makes none. */
const parts = {
  rows: 'submittedRow releasedRow receivedRow runningRow finishedRow testResultRow uploadedRow notUploadedRow passedOverRow refusedRow withdrawnRow cancelRow cancelledRow summaryRow shortEnd shortTest shortCancelled slurmState',
  tables: 'renderComment renderRow comesPerArtefact',
  wrapping:
    'foldedOutput asComment escapeMarkdown codeSpan codeSpansOf escapeValue escapeCell escapeCellOfOthers markdownOfJob shortCommit cutTo dashed shownPlace cutMarkdown asManyAsFit inUnits pythonList formatDate md joined ownText tellOfJobs tellOfNothing pingLines resultOf',
  asking:
    'fitsInComment lengthInComment longestLimit maySay kindOfResponse lastBuilds toldCancelled isSummary checkStateOf',
  reading: 'parseDate parseJobComments parseJobTable jobIdOf submittedText matchTemplate parseSummary',
};

it('every function of src/messages is tried here', async () => {
  const directory = join(import.meta.dirname, '../../src/messages');
  const files = readdirSync(directory).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const modules = await Promise.all(files.map((name): Promise<object> => import(join(directory, name))));
  const there = modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
  );
  const tried = [
    ...Object.keys(comments).map((name) => name.split(' ')[0] ?? ''),
    ...Object.values(parts).join(' ').split(' '),
  ];
  expect([...new Set(there)].sort()).toEqual([...new Set(tried)].sort());
});

/** Several lines of git stand in a block, which ends before what the site says of them. */
const isBlockOfGit = (which: string, effect: string) =>
  which === 'failureComment' && effect.startsWith('code ```\n') && !effect.includes(texts.download.apply.failure);

/** What a job has printed stands in one block, in which there is nothing but text: no bar, no backquote, no mention. */
const isBlockOfOutput = (effect: string) =>
  /^html <details(?: open)?><summary>The last (?:line|\d+ lines) of <code>slurm-7\.out<\/code><\/summary>\n*$/.test(
    effect,
  ) ||
  (/^html <pre>\n[^<>|`]*\n<\/pre>\n*$/.test(effect) && !/@(?=[^\s\u200b])/.test(effect));

it.each(Object.keys(comments))('%s shows text of strangers, and nothing comes of it', (which) => {
  const render = comments[which] ?? String;
  const usual = whatGitHubMakes(render('x')).filter((effect) => !effect.startsWith('mention'));
  fc.assert(
    fc.property(hostileText, (text) => {
      const body = render(text);
      const unusual = whatGitHubMakes(body).filter(
        (effect) => !usual.includes(effect) && !isBlockOfGit(which, effect) && !isBlockOfOutput(effect),
      );
      expect(unusual).toEqual([]);
      for (const line of body.split(/\r\n|[\n\r\u0085\u2028\u2029\v\f]/)) expect(line.trim()).not.toMatch(/^bot:/);
      expect(body.length).toBeLessThanOrEqual(65_536);
    }),
    howOften(1_000),
  );
});

it('what a job says of itself calls nobody and refers to nothing', () => {
  fc.assert(
    fc.property(hostileText, (description) => {
      for (const row of [
        finishedRow(at, texts, '7', { how: 'completed', reason: '', description }),
        testResultRow(at, texts, '7', description),
      ]) {
        const called = whatGitHubMakes(row.text).filter((effect) => /^(mention|reference)/.test(effect));
        expect(called).toEqual([]);
      }
    }),
    howOften(),
  );
});

it('code that is cut stays code', () => {
  fc.assert(
    fc.property(hostileText, hostileText, fc.nat(400), (before, text, length) => {
      const cut = cutMarkdown(
        `x ${escapeMarkdown(before)} ${codeSpan(`@a/b ${text}`)} ${escapeMarkdown(before)}`,
        length,
      );
      expect(whatGitHubMakes(cut)).toEqual([]);
      expect(cut.length).toBeLessThanOrEqual(length);
    }),
    howOften(),
  );
});

it('a row is one row, whatever a job says of itself', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (description, reason) => {
      const row = finishedRow(at, texts, '7', { how: 'failed', reason, description });
      const lines = renderComment('|date|job status|comment|\n|-|-|-|' as ReturnType<typeof asComment>, [row]).split(
        '\n',
      );
      expect(lines).toHaveLength(3);
      expect(lines.at(-1)?.split('|')).toHaveLength(5);
    }),
    howOften(),
  );
});

it('no line of a comment is a command', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const line of asComment(text).split(/\r\n|[\n\r\u2028\u2029]/)) expect(line.trim()).not.toMatch(/^bot:/);
    }),
    howOften(),
  );
});
