import type { Comment } from '../outside/forge/forge.ts';
import { defaultTexts } from '../settings/default-texts.ts';
import type { Texts } from '../settings/settings.ts';
import { buildsCommit } from './first-comment.ts';
import { jobIdOf, parseJobTable, submittedText, type ToldRow } from './job-table.ts';
import { matchTemplate } from './match-template.ts';
import type { TargetPlace } from './shown-place.ts';
import { parseSummary } from './summary.ts';
import type { ToldBuild } from './told-build.ts';

const toldStates: readonly string[] = [
  'submitted',
  'received',
  'running',
  'finished',
] satisfies readonly ToldBuild['state'][];

const defaults = {
  9: [defaultTexts.new_job_instance_repo, defaultTexts.build_on_arch, defaultTexts.build_for_arch].join('\n'),
  6: defaultTexts.initial_comment,
} as const;

/**
 * The builds in the job comments of all instances and generations, oldest first, and those that only a summary shows. Only comments of bot
 * accounts count. A comment is a job's if it has the table and its head follows our template, a default one, or names architecture and
 * repository in words.
 */
export function parseJobComments(comments: readonly Comment[], texts: TextsOfHead): readonly ToldBuild[] {
  const ofBots = comments.filter(({ author }) => author.isBot);
  return ofBots.flatMap((comment) => [...toldBuild(comment, texts), ...parseSummary(comment)]);
}

function toldBuild(comment: Comment, texts: TextsOfHead): readonly ToldBuild[] {
  const { above, rows } = parseJobTable(comment.body);
  if (above.length < 1) return [];
  const last = rows.findLast(({ state }) => toldStates.includes(state));
  const head = parseHead(above, texts);
  if (last === undefined || head === undefined) return [];
  const jobId = jobIdOf(rows) ?? /\/(\d+)\/?$/.exec(head.symlink ?? '')?.[1];
  const commit = commitOf(above, rows, texts.commitSha);
  return [
    {
      on: head.on,
      for: head.for,
      repository: head.repository,
      state: last.state as ToldBuild['state'],
      result: last.text,
      date: last.date,
      url: comment.url,
      ...(jobId === undefined ? {} : { jobId }),
      ...(commit === undefined ? {} : { commit }),
    },
  ];
}

/** The commit, from a line of its own (site's or default text, with or without backquotes), else from the first row. */
function commitOf(
  above: readonly string[],
  rows: readonly ToldRow[],
  template: string | undefined,
): string | undefined {
  const templates = [...(template ? [template] : []), 'Commit SHA: `{commit_sha}`', 'Commit SHA: {commit_sha}'];
  for (const line of above.map((text) => text.trim().slice(0, 2_000))) {
    const values = templates.map((each) => matchTemplate(each, line)?.['commit_sha']?.trim().replaceAll('`', ''));
    const commit = values.find((value) => value !== undefined && /^[0-9a-f]{7,64}$/.test(value));
    if (commit !== undefined) return commit;
  }
  return new RegExp(`${buildsCommit} \`([0-9a-f]{7,64})\``).exec(submittedText(rows) ?? '')?.[1];
}

type TextsOfHead = Pick<Texts, 'firstComment' | 'withAccelerator' | 'commitSha'>;

interface Head {
  readonly on: TargetPlace;
  readonly for: TargetPlace;
  readonly repository: string;
  readonly symlink: string | undefined;
}

function parseHead(lines: readonly string[], texts: TextsOfHead): Head | undefined {
  const head = lines.map((line) => line.trim().slice(0, 2_000)).filter((line) => line !== '');
  for (const template of [texts.firstComment, defaults[9], defaults[6]]) {
    const parsed = fromValues(matchLines(template, texts.withAccelerator, head));
    if (parsed !== undefined) return parsed;
  }
  return inWords(head.join('\n'));
}

/** The first line must match, the others may differ. */
function matchLines(
  template: string,
  withAccelerator: string,
  lines: readonly string[],
): Readonly<Record<string, string>> {
  const ours = template.split('\n').filter((line) => line.trim() !== '');
  const matches = ours.map((line, index) => matchLine(line, withAccelerator, lines[index] ?? ''));
  return matches[0] === undefined ? {} : Object.assign({}, ...matches);
}

const acceleratorPlaceholder = /\{(on_accelerator|for_accelerator|accelerator_spec)\}/g;

/** The accelerator is recognised by our own with_accelerator; otherwise any text in its place counts. */
function matchLine(
  template: string,
  withAccelerator: string,
  line: string,
): Readonly<Record<string, string>> | undefined {
  const filled = template.replaceAll(acceleratorPlaceholder, (placeholder) =>
    withAccelerator.replaceAll('{accelerator}', placeholder),
  );
  const empty = template.replaceAll(acceleratorPlaceholder, '');
  return matchTemplate(filled, line) ?? matchTemplate(empty, line) ?? matchTemplate(template, line);
}

function fromValues(values: Readonly<Record<string, string>>): Head | undefined {
  const { repo_id: repository, symlink } = values;
  if (!repository) return undefined;
  const accelerator = (name: string): string | undefined => lastCode(values[name] ?? '') ?? values[name];
  if (values['arch_name']) return ofArchName(values['arch_name'], accelerator('accelerator_spec'), repository, symlink);
  if (!values['for_arch']) return undefined;
  return {
    on: place(values['on_arch'] ?? '', accelerator('on_accelerator')),
    for: place(values['for_arch'], accelerator('for_accelerator')),
    repository,
    symlink,
  };
}

/** For comments of instances with unknown templates. */
function inWords(head: string): Head | undefined {
  const after = (words: RegExp): string | undefined =>
    new RegExp(`(?:${words.source})[^\`\\n]{0,40}\`([^\`\\n]+)\``, 'i').exec(head)?.[1];
  const repository = after(/repository|repo/);
  const accelerator = after(/accelerator/);
  const symlink = after(/dir|directory/);
  const forArch = after(/building for|build for/);
  if (repository === undefined) return undefined;
  if (forArch !== undefined) {
    const onArch = after(/building on|build on/) ?? '';
    return { on: place(onArch, undefined), for: place(forArch, accelerator), repository, symlink };
  }
  const archName = after(/architecture|arch/);
  return archName === undefined ? undefined : ofArchName(archName, accelerator, repository, symlink);
}

/** [6, 7-8] `x86_64-amd-zen2`: what it was built on and for. */
function ofArchName(
  archName: string,
  accelerator: string | undefined,
  repository: string,
  symlink: string | undefined,
): Head {
  return {
    on: place(archName.split('-').slice(1).join('-'), undefined),
    for: place(archName.replaceAll('-', '/'), accelerator),
    repository,
    symlink,
  };
}

function place(arch: string, accelerator: string | undefined): TargetPlace {
  return accelerator ? { arch, accelerator } : { arch };
}

function lastCode(text: string): string | undefined {
  return Array.from(text.matchAll(/`([^`]+)`/g)).at(-1)?.[1];
}
