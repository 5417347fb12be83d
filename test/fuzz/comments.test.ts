import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { expect, it } from 'vitest';
import { exampleSettings, exampleSettings6 } from '../../src/event-handler/commands/example-settings.ts';
import { planComment } from '../../src/event-handler/commands/plan-comment.ts';
import type { Row } from '../../src/jobs/job-record.ts';
import { asComment } from '../../src/messages/comment.ts';
import { failureComment } from '../../src/messages/failure-comment.ts';
import { firstCommentHead } from '../../src/messages/first-comment.ts';
import { finishedRow, notUploadedRow, receivedRow, uploadedRow } from '../../src/messages/job-rows.ts';
import { movedJobDirs } from '../../src/messages/moved-job-dirs.ts';
import { noBuildPermission, noDeployPermission } from '../../src/messages/no-permission.ts';
import { renderComment } from '../../src/messages/render-comment.ts';
import { type ResponseItem, responseComment } from '../../src/messages/response.ts';
import { showConfig } from '../../src/messages/show-config.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { hostileText } from './hostile-text.ts';
import { withinLimits } from './within-limits.ts';

const at = new Date('2026-03-10T12:00:00Z');
const settings = exampleSettings();
const { texts } = settings;

/** What a reader could click on, load, or be called by; `x` in its place has none of it. */
function effects(markdown: string): string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (['link', 'image', 'html', 'def', 'heading', 'code', 'hr'].includes(token.type))
      found.push(`${token.type} ${token.raw}`);
    if (token.type === 'text' && !token.tokens && /@\w/.test(token.text)) found.push(`mention ${token.raw}`);
  });
  return found;
}

function job(text: string, { generation }: Settings) {
  const nodeType = { name: 'n', os: 'linux', cpuSubdir: 'x86_64/amd/zen2', slurmParams: [], repositories: ['R1'] };
  const named = { appName: 'bot-a', repositoryId: 'R1', nodeType, jobId: '7', symlink: '/jobs/7' };
  return {
    ...named,
    forArch: generation === '9' ? 'x86_64/amd/zen2' : text,
    forAccelerator: text,
    onAccelerator: text,
  };
}

const rows = (text: string): Row[] => [
  receivedRow(at, texts, text),
  finishedRow(at, texts, '7', { slurmState: text, reason: text, description: 'SUCCESS' }),
  uploadedRow(at, text),
  notUploadedRow(at, text, text),
];

function items(text: string): ResponseItem[] {
  const comment = {
    id: 1,
    body: `bot: ${text.replaceAll(/[\r\n]/g, ' ')}`,
    senderIsBot: false,
    isPullRequest: true,
    action: 'created',
  };
  const plan = planComment({ comment: { ...comment, senderLogin: 'alice' }, ownLogin: '', settings });
  const planned = plan.kind === 'planned' ? plan.commands : [];
  return [
    { kind: 'no-command-permission' },
    { kind: 'received', typed: text, expanded: text, result: { kind: 'build', jobs: [{ id: text }], failures: [] } },
    { kind: 'received', typed: text, expanded: text, result: { kind: 'no-build-permission' } },
    ...planned.flatMap(({ typed, outcome }): ResponseItem[] =>
      outcome.kind === 'misunderstood' ? [{ kind: 'misunderstood', typed, reason: outcome.reason }] : [],
    ),
  ];
}

const withoutBackquotes = { ...texts, withAccelerator: ' and {accelerator} ' as typeof texts.withAccelerator };

const comments: Record<string, (text: string) => string> = {
  'the response': (text) => responseComment('bot-a', text, items(text), texts),
  'the first comment of a job': (text) => renderComment(firstCommentHead(job(text, settings), '9', texts), rows(text)),
  'the same before generation 9': (text) =>
    renderComment(firstCommentHead(job(text, exampleSettings6()), '6', exampleSettings6().texts), rows(text)),
  'the same with a text of the site without backquotes': (text) =>
    renderComment(firstCommentHead(job(text, settings), '9', withoutBackquotes), []),
  'a failing git': (text) => failureComment('apply', text, texts),
  'no build permission': (text) => noBuildPermission(text, texts),
  'no deploy permission': (text) => noDeployPermission(text, texts),
  'moved directories': (text) => movedJobDirs([`/jobs/${text.length}`], '/trash', texts),
  'the configuration': (text) => showConfig(text, settings.nodeTypes, '9'),
};

it.each(Object.keys(comments))('%s shows text of strangers, and nothing comes of it', (which) => {
  const render = comments[which] ?? String;
  const usual = effects(render('x')).filter((effect) => !effect.startsWith('mention'));
  fc.assert(
    fc.property(hostileText, (text) => {
      const body = render(text);
      const unusual = effects(body).filter((effect) => !usual.includes(effect));
      expect(unusual).toEqual([]);
      for (const line of body.split(/\r\n|[\n\r\u0085\u2028\u2029\v\f]/)) expect(line.trim()).not.toMatch(/^bot:/);
      expect(body.length).toBeLessThanOrEqual(65_536);
    }),
    withinLimits(1_000),
  );
});

it('a row is one row, whatever a job says of itself', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (description, reason) => {
      const row = finishedRow(at, texts, '7', { slurmState: 'FAILED', reason, description });
      const lines = renderComment('|date|job status|comment|\n|-|-|-|' as ReturnType<typeof asComment>, [row]).split(
        '\n',
      );
      expect(lines).toHaveLength(3);
      expect(lines.at(-1)?.split('|')).toHaveLength(5);
    }),
    withinLimits(),
  );
});

it('no line of a comment is a command', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const line of asComment(text).split(/\r\n|[\n\r\u2028\u2029]/)) expect(line.trim()).not.toMatch(/^bot:/);
    }),
    withinLimits(),
  );
});
