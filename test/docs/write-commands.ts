import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, tasks } from '../../src/event-handler/commands/command.ts';
import { commands } from '../../src/event-handler/commands/commands.ts';
import { dialects } from '../../src/settings/dialects.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { exampleSettings, exampleSettings6 } from '../example-settings.ts';

const introduction = `# Commands

How a maintainer works with the bot on a pull request: first the tasks, then each command. \`bot: help\` shows the same for the instance that reads along, with its own names.

A command is a line of a *new* comment on a pull request that begins with \`bot:\`, outside quotes, code and HTML comments. A comment may hold several. Who may type them is set by the admin of each instance (\`command_permission\`; \`build_permission\` for those that order jobs).
The examples here are those of an instance with the targets \`x86_64/amd/zen2\` and \`x86_64/amd/zen3\`; what an instance answers has examples that work there.

| reaction | means |
| --- | --- |
| 👀 | The bot has read a command. None: it read none, or no instance is running. |
| 🚀 | Jobs were submitted. |
| 😕 | Something was not done, or only in part; the answer says why and what works instead. Without an answer: it is about nothing that this instance has, or \`chatlevel\` is \`minimal\`. |
| 😕 without 👀 | Nothing was done: a line is [nearly a command](#when-nothing-happens). A command begins with \`bot:\`, in small letters, where its line begins. |

Often several instances read the same pull request. \`inst:PATTERN\` picks one, and the others stay silent; without it each one does what it can. It is a pattern that is searched for in the name, as all [filters](#filters) are: \`inst:bot-a\` is also \`bot-ab\`, \`inst:^bot-a$\` is \`bot-a\` alone.
`;

/** What is not done by commands, or by more than one. */
const tasksTold: Readonly<Record<(typeof tasks)[number], { title: string; text: string }>> = {
  build: {
    title: 'Build',
    text: 'Find the names of the targets, then order what is needed. Try one target before you order all of them.',
  },
  look: {
    title: 'Look',
    text: "Each job has a comment with a table, which ends with `finished` and `test result`. Times are UTC, and a row comes with the instance's next look at its queue.",
  },
  mend: {
    title: 'Mend',
    text: 'Where a job has failed, open the details of its row `finished`. Push what mends it, then order it again: the new job builds the new head.',
  },
  deploy: {
    title: 'Deploy',
    text: "Set the label `bot:deploy`, if you are in the instance's `deploy_permission`: each instance uploads artefacts of its successful jobs of this pull request, as its `upload_policy` says, and tells it in the row `uploaded` or `not uploaded` of the job. While an artefact of a gigabyte or more is on its way, a line below the table says how far it is. To order it again, take the label off and set it anew.\n\n`bot: explain deploy` shows before what would be uploaded, file by file, with SHA-256, commit and place, and why other files would not be. Whoever has looked gets what was shown: a file of the table is uploaded only as it was, and with another SHA-256 it is refused until `bot: explain deploy` has shown it. The next label, and no later one, uploads nothing else: what was built since is refused, and what it overtakes says so in its comment; look again before the label is set, or anew. A table with filters binds only the files that it shows. Where nobody has looked, a label uploads what there is. A label set while the table is being made waits for it.",
  },
  stop: {
    title: 'Stop',
    text: 'Close the pull request, merged or not: once its jobs have ended their directories are moved to the trash bin.',
  },
};

const filters = `## Filters

Arguments \`component:pattern\` limit a command to what matches. Three letters of a component are enough, and patterns are regular expressions that are searched for: \`arch:zen\` finds \`x86_64/amd/zen2\` and \`x86_64/amd/zen3\`.
All filters of a command have to match. A name that matches nothing is answered with the nearest one.
`;

const ordering = `## Ways to order a build

| with \`node_type_map\` (0.9 and later) | |
| --- | --- |
| \`bot: build for:arch=x86_64/amd/zen2\` | builds on the node types of exactly this architecture, for each of their repositories |
| \`bot: build repo:eessi.io-2023.06 for:arch=x86_64/amd/zen2+x86_64/amd/zen4\` | for one repository and two architectures: two jobs |
| \`bot: build for:arch=x86_64/amd/zen3,accel=nvidia/cc80\` | for an accelerator, on a node that has it |
| \`bot: build on:arch=zen3 for:arch=x86_64/amd/zen3,accel=nvidia/cc70+nvidia/cc80\` | for several accelerators: one job, which gets the value as it is |
| \`bot: build for:arch=all repo:eessi.io-2023.06-software+eessi.io-2025.06-software inst:my-bot\` | for each architecture of an instance, and two repositories |
| \`bot: build for:arch=x86_64/amd/zen2 for:arch=x86_64/amd/zen3,accel=nvidia/cc80\` | for two targets of different kinds |
| \`bot: build on:arch=zen4 for:arch=x86_64/amd/zen2\` | builds for one architecture on nodes of another |
| \`bot: build for:arch=x86_64/amd/zen2 sha:1a2b3c4\` | builds only if this commit is the head of the pull request |
| \`bot: build for:arch=x86_64/amd/zen2 export:SKIP_TESTS=yes\` | sets a variable, if \`allowed_exportvars\` lists it |
| \`bot: build for:arch=x86_64/amd/zen2 jobargs:EB_ARGS="--from-pr 345"\` | the same, if \`allowed_jobargs\` has patterns that match; blanks stand in quotes |
| \`bot: build for:arch=x86_64/amd/zen2 submitargs:"--time=2:00:00 --mem=30G"\` | gives options to sbatch, if \`allowed_submitargs\` allows each |
| \`bot: build for:arch=x86_64/amd/zen2 force\` | builds also what is being built, which else is answered with a link |

| with \`arch_target_map\` (0.6 to 0.8) | |
| --- | --- |
| \`bot: build\` | builds for all architectures and repositories |
| \`bot: build arch:zen2 repo:eessi.io-2023.06\` | for those whose names match |
| \`bot: build arch:zen2 accel:nvidia/cc80\` | tells the job to build for an accelerator |
`;

const whatJobsShow = `## What the comment of a job shows

![The comment of a job: a table with the rows submitted, released, running, finished, test result and uploaded](job-comment.png)

A row for each state: \`submitted\`, \`released\` (or \`received\`), \`running\`, \`finished\`, \`test result\`, and \`uploaded\` or \`not uploaded\`. Rows come at the job manager's intervals (\`poll_interval\`): \`released\` may wait one more for \`running\`, an upload's row for the next.
Where a job did not end well, the row \`finished\` says how Slurm ended it, with the limit that it reached, the memory that it had (where \`sacct\` knows), the node or who cancelled it. Below the table stand the last lines of its \`slurm-ID.out\`, folded, and what can be typed next (\`log_tail_lines\`), without colours, progress bars, paths of the bot's own directories and what looks like a secret.

How much the bot says is set by \`chatlevel\`. With \`summary = true\` one comment per command shows all its jobs; \`job_comments = false\` then leaves out the comment of each job. With \`check_runs = true\` each job is a check run on the commit that it builds; \`commit_status = true\` sets commit statuses where the App may not do that.

## What is not a comment

| what is done to the pull request | what the bot does |
| --- | --- |
| label \`bot:deploy\` set by somebody in \`deploy_permission\` | uploads artefacts of its successful jobs, as \`upload_policy\` says. Taking the label off withdraws what has not begun to be uploaded |
| *Re-run* of a check, *Re-run all checks* | as \`bot: retry\` of what it is of, by whoever may build, if the commit is the head |
| label \`bot:build\` set | builds nothing, answers with the command to type |
| closed, merged or not | moves the directories of its jobs to \`trash_bin_dir\`, once they have ended |
`;

const nearMisses = `## When nothing happens

A line that is nearly a command (\`bot build …\` without the colon, \`Bot: …\`, a command in inline code, a comment in which every line is indented) gets 😕 and does nothing; where it names an instance (\`inst:\`), that one says in a line what to type. Of those who may not command, and of bots, such a line gets nothing; a command of those who may not gets 😕, and, where \`chatlevel\` is \`basic\` or \`chatty\`, a comment that says so.
No reaction at all: look whether the comment was edited instead of written anew, whether a filter \`inst:\` matches the name of any instance, and whether \`bot: ping\` is answered.
`;

/** The text of docs/commands.md; run as a program, this file writes it. */
export function commandsPage(): string {
  const byTask = tasks.map((task) => {
    const { title, text } = tasksTold[task];
    const rows = commands.filter(({ guide }) => guide.task === task).map(exampleRow);
    const table = rows.length === 0 ? '' : `\n| type | |\n| --- | --- |\n${rows.join('\n')}\n`;
    return `### ${title}\n\n${text}\n${table}`;
  });
  return [
    introduction,
    `## Tasks\n\n${byTask.join('\n')}`,
    `## The commands\n\n${commands.map(reference).join('\n')}`,
    ordering,
    filters,
    whatJobsShow,
    nearMisses,
    'This page is written by `node test/docs/write-commands.ts` from the table of commands; `npm run check` fails if it is out of date.\n',
  ].join('\n');
}

const repository = 'eessi.io-2025.06-software';
const sections = {
  [repository]: { container: 'docker://x', repoName: 'software.eessi.io', repoVersion: '2025.06', missing: [] },
};
const settings = withItsName(exampleSettings());
const settings6 = withItsName(exampleSettings6());
function withItsName(site: Settings): Settings {
  const nodeTypes = site.nodeTypes.map((each) => ({ ...each, repositories: [repository] }));
  return { ...site, nodeTypes, repositories: { sections } };
}
/** Only where an admin allows some does the help tell of them. */
const argumentsForJobs = {
  allowedJobArguments: [{ key: '^EB_ARGS$', value: '^--from-pr[= ][0-9]+$' }],
  allowedSubmitArguments: [{ value: '^--time[= ][0-9:]+$' }],
};
const names = commands.map(({ name }) => name);
const example = (command: Command) => `\`bot: ${command.example(settings) ?? command.name}\``;

function exampleRow(command: Command): string {
  return `| ${cell(example(command))} | ${cell(sentence(command.does))} [More](#${anchor(command)}) |`;
}

/** GitHub's, of the heading of a command. */
const anchor = ({ name }: Command) => `bot-${name.replaceAll(/[^a-z_]/g, '')}`;

function reference(command: Command): string {
  const [newer, older] = [command.usage(dialects['9']), command.usage(dialects['7-8'])];
  const searched = command.searches(dialects['9']).map((each) => `\`${each}\``);
  const words = command.words?.(dialects['9'], names) ?? [];
  const takes = command.permission === 'build' ? (command.takes ?? []) : []; // others pass them over
  const rows = [
    ['usage', `\`${newer}\`${newer === older ? '' : `; with \`arch_target_map\` in \`app.cfg\`: \`${older}\``}`],
    ['who may', `\`command_permission\`${command.permission === 'build' ? ' and `build_permission`' : ''}`],
    ['filters', searched.join(', ') || 'none'],
    ['arguments', takes.map((each) => `\`${each}:\``).join(', ')],
    ['words', words.map((each) => `\`${each}\``).join(', ')],
    ['example', `${example(command)}${exampleBefore9(command)}`],
  ].filter(([, text]) => text !== '');
  const notes = (command.notes?.({ ...settings, build: { ...settings.build, ...argumentsForJobs } }) ?? []).map(
    (note) => `- ${note}`,
  );
  return [
    `### bot: ${command.name}\n`,
    `**${sentence(command.does)}** ${command.guide.when}\n`,
    `| | |\n| --- | --- |\n${rows.map(([what = '', text = '']) => `| ${what} | ${cell(text)} |`).join('\n')}\n`,
    ...(notes.length > 0 ? [`${notes.join('\n')}\n`] : []),
    `Answers:\n\n${command.guide.answers.map((answer) => `- ${answer}`).join('\n')}\n`,
  ].join('\n');
}

function exampleBefore9(command: Command): string {
  const [now, before] = [command.example(settings), command.example(settings6)];
  return before === undefined || before === now ? '' : `; with \`arch_target_map\`: \`bot: ${before}\``;
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
const cell = (text: string) => text.replaceAll('|', '\\|');

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(import.meta.dirname, '../../docs/commands.md'), commandsPage());
}
