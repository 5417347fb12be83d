import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { anchorsOf } from '../../docs/html/anchors-of.ts';
import { parseConfig } from '../../src/configparser/parse-config.ts';
import { defaultTexts } from '../../src/settings/default-texts.ts';
import { fillInExample } from '../../src/settings/fixtures/fill-in-example.ts';
import { readText } from '../../src/settings/fixtures/read-fixture.ts';
import { knownSettings } from '../../src/settings/known-settings.ts';
import { markdownOfComment } from './markdown-of-comment.ts';
import { type ExampleGroup, type ExampleSetting, readExample } from './read-example.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const reposCfg = read('repos.cfg.example');
/** Quoted though they are one word without an underscore. */
const names = Object.values(knownSettings).flat();

const introduction = `# Settings

Every setting of \`app.cfg\`: what it means, what is in force *without it* (asked of the reader that checks the file), *since* which release of the Python bot it is there (1.0: this bot has brought it; after 0.12: no release of the Python bot has it yet), and how it is written. \`cp app.cfg.example app.cfg\` is the beginning of a file; \`./bot.sh check\` names all problems of one, with line, section and key.
`;

/** What became of settings that app.cfg.example does not have. */
const elsewhere: Readonly<Record<string, string>> = {
  'git.hosting_platform': '`github`, or absent. With `gitlab` the daemons do not start: this bot serves GitHub alone',
  'github.api_timeout': 'checked, not used: requests have limits of their own',
  'gitlab.api_timeout': 'known, not used',
  'gitlab.bot_name': 'known, not used',
  'gitlab.instance_url': 'known, not used',
  'architecturetargets.arch_target_map':
    'in force in a file without `node_type_map`: commands, texts and directories are then those of 0.6 to 0.8',
  'repo_targets.repo_target_map': 'in force beside `arch_target_map`; beside `node_type_map` a warning, not used',
  'submitted_job_comments.initial_comment':
    "in force beside `arch_target_map`: the lines above the table of a job's comment; beside `node_type_map` a warning, not used",
  'submitted_job_comments.awaits_release': 'stands in for `awaits_release_hold_release_msg` where that is absent',
};

/** Releases of the Python bot whose app.cfg is in test/wild/app-cfg. */
const releases = ['0.6', '0.7', '0.8', '0.9', '0.10', '0.11', '0.12', 'develop'] as const;
/** In these files as a comment only, with the release that brought them. */
const commentedOut: Readonly<Record<string, (typeof releases)[number]>> = {
  'buildenv.allowed_exportvars': '0.7',
  'buildenv.cvmfs_customizations': '0.6',
  'buildenv.http_proxy': '0.6',
  'buildenv.https_proxy': '0.6',
  'buildenv.load_modules': '0.6',
};
const filesOfReleases = releases.map((release) => ({
  release,
  sections: parseConfig(read(`test/wild/app-cfg/${release}.cfg`)).config.sections,
}));

/** The release of the Python bot that brought a setting; undefined: it is this bot's own. */
export function releaseOf(section: string, key: string): string | undefined {
  const path = `${section}.${key}`;
  const found = filesOfReleases.find(({ sections }) => sections.get(section)?.entries.has(key));
  return commentedOut[path] ?? found?.release;
}

function since(section: string, key: string): string {
  const release = releaseOf(section, key);
  return release === undefined ? '1.0' : release === 'develop' ? 'after 0.12' : release;
}

/** What is in force without the line, asked of the reader of app.cfg itself. */
function withoutIt(example: string, section: string, { key, lines, isInForce }: ExampleSetting): string {
  const text = `\n${lines.join('\n')}\n`;
  const start = example.indexOf(text, example.indexOf(`\n[${section}]\n`));
  if (start === -1) throw new Error(`[${section}] ${key} does not stand in app.cfg.example as it was read`);
  const [before, behind] = [example.slice(0, start), example.slice(start + text.length)];
  const readWith = (line: string) => readText(fillInExample(`${before}\n${line}\n${behind}`), { reposCfg });
  const written = lines.join('\n').replace(/^# /, '');
  const absent = readWith('');
  if (isInForce && absent.problems.length > 0) return '**required**';
  const shown = written.replace(/^\w+ =\s*/, '').trim();
  if (isDeepStrictEqual(absent.settings, readWith(written).settings))
    return shown === '' ? 'empty' : /[`\n]|.{41}/.test(shown) ? 'as below' : `\`${shown}\``;
  if (isDeepStrictEqual(absent.settings, readWith(`${key} =`).settings)) return 'empty';
  if (key in defaultTexts) return 'as below';
  if (key === 'commit_sha') return 'no such line';
  throw new Error(
    `[${section}] ${key}: app.cfg.example shows neither what is in force without it, nor is that nothing`,
  );
}

function tellGroup(example: string, group: ExampleGroup): string {
  const { section, comment, settings } = group;
  const meaning = markdownOfComment(comment, names);
  if (settings.length === 0) return `${meaning}\n`;
  const rows = settings.map(
    (each) => `| \`${each.key}\` | ${withoutIt(example, section, each)} | ${since(section, each.key)} |`,
  );
  const lines = settings.flatMap((each) => each.lines.map((line) => line.replace(/^# /, '')));
  return [
    `### ${headingOf(group)}\n`,
    ...(meaning === '' ? [] : [`${meaning}\n`]),
    `| setting | without it | since |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
    `\`\`\`ini\n[${section}]\n${lines.join('\n')}\n\`\`\`\n`,
  ].join('\n');
}

/** With its section, since some names are there twice. */
function headingOf({ section, settings }: ExampleGroup): string {
  const [first, second] = settings;
  const more = settings.length > 2 ? ' and others' : second === undefined ? '' : `, ${second.key}`;
  return `[${section}] ${first?.key}${more}`;
}

function contents(groups: readonly ExampleGroup[]): string {
  const withSettings = groups.filter(({ settings }) => settings.length > 0);
  const links = withSettings.flatMap((group) => {
    const [anchor = ''] = anchorsOf([headingOf(group)]);
    return group.settings.map(({ key }) => ({ section: group.section, link: `[${key}](#${anchor})` }));
  });
  const rows = [...Map.groupBy(links, ({ section }) => section)].map(
    ([section, own]) => `| \`[${section}]\` | ${own.map(({ link }) => link).join(', ')} |`,
  );
  return `| section | settings |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function elsewhereTable(): string {
  const rows = Object.entries(elsewhere).map(([path, what]) => {
    const [section = '', key = ''] = path.split('.');
    return `| \`[${section}] ${key}\` | ${since(section, key)} | ${what} |`;
  });
  return `| setting | since | here |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

function reposCfgChapter(): string {
  const [head, ...groups] = readExample(reposCfg);
  const own = groups.filter(({ section, settings }) => section === groups[0]?.section && settings.length > 0);
  return [
    `${markdownOfComment((head?.comment ?? []).slice(1), names)}\n`,
    ...own.map(({ comment, settings }) => {
      const lines = settings.flatMap((each) => each.lines);
      return `${markdownOfComment(comment, names)}\n\n\`\`\`ini\n${lines.join('\n')}\n\`\`\`\n`;
    }),
  ].join('\n');
}

/** The text of docs/settings.md; run as a program, this file writes it. */
export function settingsPage(): string {
  const example = read('app.cfg.example');
  const [head, ...groups] = readExample(example);
  const howToRead = head?.comment.slice(head.comment.findIndex((line) => line.startsWith('The file is read'))) ?? [];
  const sections = [...Map.groupBy(groups, ({ section }) => section)].map(
    ([section, own]) => `## [${section}]\n\n${own.map((group) => tellGroup(example, group)).join('\n')}`,
  );
  return [
    introduction,
    contents(groups),
    `## How the file is read\n\n${markdownOfComment(howToRead, names)}\n`,
    ...sections,
    `## Settings of other versions\n\nAll other settings of the Python bot, 0.6 to 0.12, mean what they meant there, but for what [CHANGELOG.md](../CHANGELOG.md) lists under *Changed: configuration*.\n\n${elsewhereTable()}`,
    `## repos.cfg\n\n${reposCfgChapter()}`,
    'This page is written by `node test/docs/write-settings.ts`; `npm run check` fails if it is out of date.\n',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(root, 'docs/settings.md'), settingsPage());
}
