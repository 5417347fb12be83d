import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CasesOptions, type CasesSite, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { repository } from './site.ts';

// What comes of a comment: jobs, reactions, answers.

let directory: string;
let slurm: ScriptedSlurm;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cases-commands-'));
  slurm = await ScriptedSlurm.make(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));

async function begin(options: Partial<CasesOptions> = {}): Promise<CasesSite> {
  const story = await makeCasesSite({
    ...options,
    slurm: slurm.environment,
    settings: { 'buildenv.allowed_exportvars': '["SKIP_TESTS=yes"]', ...options.settings },
  });
  await story.site.startEventHandler();
  await story.openPullRequest();
  return story;
}

const zen2 = 'bot: build for:arch=x86_64/amd/zen2';

describe('at basic', () => {
  let story: CasesSite;
  beforeAll(async () => {
    story = await begin();
  });
  afterAll(() => story?.close());

  it.each`
    what                                                       | body                                                                          | from       | jobs | reactions                         | answers
    ${'a build: one comment per job, no response'}             | ${zen2}                                                                       | ${'alice'} | ${1} | ${['eyes', 'rocket']}             | ${[]}
    ${'help: one response'}                                    | ${'bot: help'}                                                                | ${'alice'} | ${0} | ${['eyes']}                       | ${[/^(?![\s\S]*<details>)[\s\S]*What can be typed to `bot-a`[\s\S]*https:\/\/www\.eessi\.io\/docs\/bot/]}
    ${'help on a command, with an example that works here'}    | ${'bot: help build'}                                                          | ${'alice'} | ${0} | ${['eyes']}                       | ${[/An example for this instance: `bot: build for:arch=x86_64\/amd\/zen2`/]}
    ${'help on a command that there is not'}                   | ${'bot: help biuld'}                                                          | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/`biuld` is no command; did you mean `build`\?/]}
    ${'ping, by somebody who may only command'}                | ${'bot: ping'}                                                                | ${'bob'}   | ${0} | ${['eyes']}                       | ${[/version `\d+\.\d+\.\d+`\n.*event handler: runs since .*\n.*job manager: has not run yet; jobs wait until the bot's admin starts it\n.*queue: not read yet/]}
    ${'ping, for another instance'}                            | ${'bot: ping inst:bot-b'}                                                     | ${'alice'} | ${0} | ${[]}                             | ${[]}
    ${'a command that does not begin in column 0'}             | ${'text\n  bot: help'}                                                        | ${'alice'} | ${0} | ${[]}                             | ${[]}
    ${'two commands, the blank is optional'}                   | ${'bot:help\n  bot: show_config'}                                             | ${'alice'} | ${0} | ${['eyes']}                       | ${[/configured to build on/, /added comment/]}
    ${'an accelerator "None" is an ordinary name: no match'}   | ${'bot: build for:arch=x86_64/amd/zen4'}                                      | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/only with an accelerator; type `for:arch=x86_64\/amd\/zen4,accel=None`/]}
    ${'the same, named: refused'}                              | ${'bot: build for:arch=x86_64/amd/zen4 inst:bot-a'}                           | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/only with an accelerator/]}
    ${'all architectures, and a target with an accelerator'}   | ${'bot: build for:arch=all for:arch=x86_64/amd/zen3,accel=nvidia/cc80'}       | ${'alice'} | ${3} | ${['eyes', 'rocket']}             | ${[]}
    ${'several accelerators are one job'}                      | ${'bot: build on:arch=zen3 for:arch=x86_64/amd/zen3,accel=nvidia/cc80+amd/x'} | ${'alice'} | ${1} | ${['eyes', 'rocket']}             | ${[]}
    ${'one architecture of two is of nobody here'}             | ${`${zen2}+aarch64/generic`}                                                  | ${'alice'} | ${1} | ${['eyes', 'confused', 'rocket']} | ${[/submitted job .*\n.*`for:arch=aarch64\/generic` is no target of `bot-a`/]}
    ${'a repository of nobody here'}                           | ${`${zen2} repo:other`}                                                       | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/`repository:other` selects nothing of `bot-a`; the nearest is/]}
    ${'commands of a fenced block and of a quote are dropped'} | ${'```\nbot: build for:arch=x86_64/amd/zen2\n```\n> bot: status\nbot: help'}  | ${'alice'} | ${0} | ${['eyes']}                       | ${[/received bot command `help`(?!.*received bot command)/s]}
    ${'one bad command of three'}                              | ${'bot: help\r\nbot: biuld for:arch=x86_64/amd/zen2\r\nbot: show_config\r\n'} | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/configured to build on/, /parsing the bot command `biuld .*` is no command; did you mean `build`.*added comment/s]}
    ${'no build permission'}                                   | ${zen2}                                                                       | ${'bob'}   | ${0} | ${['eyes', 'confused']}           | ${[/`bob`/]}
    ${'no permission at all'}                                  | ${zen2}                                                                       | ${'carol'} | ${0} | ${['eyes', 'confused']}           | ${[/account `carol` has NO permission to send commands to the bot/]}
    ${'logins in any case'}                                    | ${zen2}                                                                       | ${'ALICE'} | ${1} | ${['eyes', 'rocket']}             | ${[]}
    ${'a commit that is not the head'}                         | ${'bot: build for:arch=x86_64/amd/zen2 sha:0123456'}                          | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/`sha:0123456` is not what would be built/]}
    ${'no for:'}                                               | ${'bot: build arch:zen2'}                                                     | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/lacks `for:`/]}
    ${'an unknown name in for:'}                               | ${'bot: build for:foo=x'}                                                     | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/`foo` is no component/]}
    ${'an empty value in for:'}                                | ${'bot: build for:arch='}                                                     | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/a value is empty/]}
    ${'two equals signs in for:'}                              | ${'bot: build for:accel=a=b,arch=x86_64/amd/zen2'}                            | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/more than one `=`/]}
    ${'a name in for: that is too short'}                      | ${'bot: build for:a=x86_64/amd/zen2'}                                         | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/`a` is too short/]}
    ${'a word that is no argument'}                            | ${`${zen2} now`}                                                              | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/`now` is no argument/]}
    ${'part of a name'}                                        | ${'bot: build for:arch=zen2'}                                                 | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/type `for:arch=x86_64\/amd\/zen2`/]}
    ${'a name with other separators'}                          | ${'bot: build for:arch=x86_64-amd-zen2'}                                      | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/type `for:arch=x86_64\/amd\/zen2`/]}
    ${'a target of nobody here: silent'}                       | ${'bot: build for:arch=aarch64/generic'}                                      | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[]}
    ${'a target of nobody here, named: refused'}               | ${'bot: build for:arch=aarch64/generic inst:bot-a'}                           | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/the nearest is `for:arch=x86_64\/amd\/zen2`/]}
    ${'several targets, none with an accelerator'}             | ${'bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3'}                      | ${'alice'} | ${2} | ${['eyes', 'rocket']}             | ${[]}
    ${'a path that leads out'}                                 | ${'bot: build on:arch=zen2 for:arch=../../x'}                                 | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/no relative path/]}
    ${'an absolute path'}                                      | ${'bot: build for:arch=/etc'}                                                 | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/no relative path/]}
    ${'a status for another instance'}                         | ${'bot: status inst:bot-b'}                                                   | ${'alice'} | ${0} | ${[]}                             | ${[]}
    ${'a malformed command for another instance'}              | ${'bot: buld inst:bot-b'}                                                     | ${'alice'} | ${0} | ${[]}                             | ${[]}
    ${'an invalid pattern'}                                    | ${`${zen2} repo:(`}                                                           | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/no valid regular expression/]}
    ${'an unknown command: what works here'}                   | ${'bot: buld for:arch=x86_64/amd/zen2'}                                       | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/^(?!.*<details>)[\s\S]*`buld` is no command; did you mean `build`\?\n {2}- what works here: `bot: build for:arch=x86_64\/amd\/zen2`/]}
    ${'a near miss: a reaction'}                               | ${'bot build for:arch=x86_64/amd/zen2'}                                       | ${'alice'} | ${0} | ${['confused']}                   | ${[]}
    ${'a near miss for this instance: one line'}               | ${'Bot: build for:arch=x86_64/amd/zen2 inst:bot-a'}                           | ${'alice'} | ${0} | ${['confused']}                   | ${[/^Instance `bot-a`: `Bot: build .*` was not read as a command: .* Type `bot: build for:arch=x86_64\/amd\/zen2 inst:bot-a`$/]}
    ${'a near miss for another instance'}                      | ${'`bot: build inst:bot-b`'}                                                  | ${'alice'} | ${0} | ${[]}                             | ${[]}
    ${'a near miss of somebody who may not command'}           | ${'bot build for:arch=x86_64/amd/zen2 inst:bot-a'}                            | ${'carol'} | ${0} | ${[]}                             | ${[]}
    ${'a pattern of 201 characters'}                           | ${`${zen2} repo:${'a'.repeat(201)}`}                                          | ${'alice'} | ${0} | ${['eyes', 'confused']}           | ${[/has 201 characters/]}
  `('$what', async ({ body, from, jobs, reactions, answers }) => {
    if (jobs > 0) await story.openPullRequest(); // on which none of them runs yet
    const effect = await story.comment(body, from);
    const others = effect.comments.filter((comment) => !comment.body.startsWith('New job'));
    expect(jobIdsIn(effect.comments)).toHaveLength(jobs);
    expect(effect.reactions).toEqual(reactions);
    expect(others.map((comment) => comment.body)).toEqual(answers.map((text: RegExp) => expect.stringMatching(text)));
  });

  it.each`
    what                                                | body                                                         | from       | reactions               | answers
    ${'a build explained: no job'}                      | ${`bot: explain ${zen2.slice(5)}`}                           | ${'alice'} | ${['eyes']}             | ${[/^Instance `bot-a` would submit 1 job for `build for:architecture=x86_64\/amd\/zen2`\. Nothing was done\.\n\n\|for\|repo\|node type\|\n\|-.*\n\|`x86_64\/amd\/zen2`\|`R1`\|`cpu_zen2`\|\n\n- commit: `[0-9a-f]{12}`.*\n- permission: account `alice` may submit build jobs\n\n- sbatch on `cpu_zen2`: .*`--hold`/]}
    ${'the same, by somebody without build permission'} | ${`bot: explain ${zen2.slice(5)}`}                           | ${'bob'}   | ${['eyes']}             | ${[/would submit no job for .*Account `bob` has NO permission to submit build jobs; .*`build_permission`\. Of somebody who has it, it would be 1 job:\n\n\|for/]}
    ${'the same, by somebody without any permission'}   | ${`bot: explain ${zen2.slice(5)}`}                           | ${'carol'} | ${['eyes', 'confused']} | ${[/account `carol` has NO permission to send commands to the bot/]}
    ${'a build explained that is refused: its reason'}  | ${'bot: explain build for:arch=x86_64/amd/zen2 sha:0123456'} | ${'alice'} | ${['eyes', 'confused']} | ${[/`sha:0123456` is not what would be built/]}
    ${'explained, and a target of nobody here: silent'} | ${'bot: explain build for:arch=aarch64/generic'}             | ${'alice'} | ${['eyes', 'confused']} | ${[]}
    ${'the same, named: refused'}                       | ${'bot: explain build for:arch=aarch64/generic inst:bot-a'}  | ${'alice'} | ${['eyes', 'confused']} | ${[/the nearest is `for:arch=x86_64\/amd\/zen2`[\s\S]*what works here: `bot: explain build for:arch=x86_64\/amd\/zen2 instance:bot-a`/]}
    ${'a retry explained, with nothing built yet'}      | ${'bot: explain retry inst:bot-a'}                           | ${'alice'} | ${['eyes', 'confused']} | ${[/`bot-a` has no job of this pull request that it could `retry`/]}
    ${'explain alone: what to type'}                    | ${'bot: explain'}                                            | ${'alice'} | ${['eyes', 'confused']} | ${[/first word after `explain` is the command that it is about.*\n {2}- what works here: `bot: explain build for:arch=x86_64\/amd\/zen2`/]}
    ${'explain of what has nothing to explain'}         | ${'bot: explain status'}                                     | ${'alice'} | ${['eyes', 'confused']} | ${[/`explain` does not take `status`; there are `build`, `retry`, `rebuild`/]}
  `('explain: $what', async ({ body, from, reactions, answers }) => {
    await story.openPullRequest(); // of which nothing is built
    const effect = await story.comment(body, from);
    expect(effect.reactions).toEqual(reactions);
    expect(effect.comments.map((comment) => comment.body)).toEqual(
      answers.map((text: RegExp) => expect.stringMatching(text)),
    );
    expect(await story.jobs()).toEqual({});
  });

  it('an edited comment, and one on an issue, are not read', async () => {
    const before = story.comments().length;
    const { commentId } = await story.comment('nothing');
    await story.workedOff(await story.github.editComment(repository, commentId, 'alice', 'bot: help'));
    expect(story.comments()).toHaveLength(before + 1);
    const issue = story.github.openIssue(repository, 'alice', 'A question');
    await story.workedOff(await story.github.comment(repository, issue, 'alice', 'bot: help'));
    expect(story.github.comments(repository, issue)).toHaveLength(1);
  });
});

describe('bots', () => {
  it.each`
    what                                        | listed                    | answers
    ${'one that is listed is obeyed'}           | ${'alice other-bot[bot]'} | ${1}
    ${'one that is not listed is not answered'} | ${'alice'}                | ${0}
  `('$what', async ({ listed, answers }) => {
    const story = await begin({ settings: { 'bot_control.command_permission': listed } });
    try {
      expect((await story.comment('bot: help', 'other-bot[bot]')).comments).toHaveLength(answers);
    } finally {
      await story.close();
    }
  });
});

describe('at other chat levels', () => {
  let story: CasesSite | undefined;
  afterEach(() => story?.close());

  it('chatty: the configuration on opening, responses, and that nothing matched', async () => {
    story = await begin({ settings: { 'bot_control.chatlevel': 'Chatty' } });
    expect(story.comments().map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /^Instance `bot-a` is configured to build on:\n- Node type `cpu_zen2`:\n {2}- OS: `linux`\n/,
      ),
    ]);
    const silent = await story.comment('bot: build for:arch=aarch64/generic');
    expect(silent.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /^(?![\s\S]*<details>)[\s\S]*- no jobs were submitted\n {2}- `for:arch=aarch64\/generic` is no target of `bot-a`[\s\S]*what works here: `bot: build for:arch=x86_64\/amd\/zen2`/,
      ),
    ]);
    const built = await story.comment(zen2);
    const url = built.comments.find(({ body }) => body.startsWith('New job'))?.id;
    expect(built.comments.find(({ body }) => body.includes('<details>'))?.body).toBe(
      `\n<details><summary>Updates by the bot instance <code>bot-a</code> <em>(click for details)</em></summary>\n\n
- received bot command \`build for:arch=x86_64/amd/zen2\` from \`alice\`
  - expanded format: \`build for:architecture=x86_64/amd/zen2\`

- handling command \`build for:architecture=x86_64/amd/zen2\` resulted in:
  - submitted job \`${jobIdsIn(built.comments)[0]}\`, for details & status see ${story.github.serverUrl}/${repository}/pull/${story.number}#issuecomment-${url}
</details>`,
    );
    await story.workedOff(await story.github.setLabel(repository, story.number, 'bob', 'bot:deploy'));
    await story.workedOff(await story.github.setLabel(repository, story.number, 'bob', 'bot:build'));
    expect(
      story
        .comments()
        .slice(-2)
        .map(({ body }) => body),
    ).toEqual([expect.stringContaining('`bob`'), expect.stringContaining('the label `bot:build` is no longer used')]);
  });

  it('chatty: a response is created before the work and edited once after it', async () => {
    story = await begin({ settings: { 'bot_control.chatlevel': 'chatty' } });
    const before = story.github.requests.length;
    await story.comment(`bot: help\n${zen2}`);
    const requests = story.github.requests.slice(before).map(({ operationId }) => operationId);
    const said = requests.filter((operation) => /(create|update)-comment$/.test(operation ?? ''));
    expect(said).toEqual(['issues/create-comment', 'issues/create-comment', 'issues/update-comment']);
  });

  it('minimal: the first comment of a job and help, no refusal', async () => {
    story = await begin({ settings: { 'bot_control.chatlevel': 'minimal' } });
    expect((await story.comment(zen2)).comments).toHaveLength(1);
    expect((await story.comment('bot: help')).comments).toHaveLength(1);
    const { comments, reactions } = await story.comment('bot: biuld');
    expect([comments, reactions]).toEqual([[], ['eyes', 'confused']]);
  });

  it('command_permission empty: nobody, whoever may build; build_permission empty: everyone who may send commands', async () => {
    story = await begin({
      settings: { 'bot_control.command_permission': '', 'buildenv.build_permission': '' },
    });
    expect((await story.comment(zen2)).comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('account `alice` has NO permission'),
    ]);
    await story.close();
    story = await begin({ settings: { 'buildenv.build_permission': '' } });
    expect(jobIdsIn((await story.comment(zen2, 'bob')).comments)).toHaveLength(1);
    expect(jobIdsIn((await story.comment(zen2, 'carol')).comments)).toEqual([]);
  });
});

describe('before generation 9', () => {
  let story: CasesSite;
  beforeAll(async () => {
    story = await begin({ generation: '6', settings: { 'bot_control.chatlevel': 'basic' } });
  });
  afterAll(() => story?.close());

  it('a blank after `bot:` is needed', async () => {
    expect((await story.comment('bot:help\n  bot: show_config')).comments).toEqual([]);
  });

  it('targets are architectures with their repositories, in the order of the file', async () => {
    const { comments } = await story.comment('bot: build');
    expect(comments.map(({ body }) => / for architecture `([^`]+)`/.exec(body)?.[1])).toEqual([
      'x86_64-generic',
      'x86_64-amd-zen2',
    ]);
  });

  it('show_config shows what it shows', async () => {
    const { comments } = await story.comment('bot: show_config');
    expect(comments.map(({ body }) => body)).toContain(
      'Instance `bot-a` is configured to build for:\n- architectures: `x86_64/generic`, `x86_64/amd/zen2`\n- repositories: `R1`',
    );
  });
});

it('status: builds of all instances and generations among 350 comments, filtered', async () => {
  const story = await begin();
  try {
    const head = (id: string, instance: string) =>
      `New job on instance \`${instance}\` for repository \`${id}\`\nBuilding on: \`amd-zen3\`\nBuilding for: \`x86_64/amd/zen3\`\nJob dir: \`/x\`\n|date|job status|comment|\n|----------|----------|------------------------|`;
    const end = (id: number) =>
      `|Jan 05 03:0${id}:00 UTC 2025|submitted|job id \`${id}\` awaits release by job manager|\n|Jan 05 03:1${id}:00 UTC 2025|finished|:grin: SUCCESS ${id}|`;
    const say = (by: string, body: string) => story.github.comment(repository, story.number, by, body);
    for (let index = 0; index < 343; index++) await say('dave', `text ${index}`);
    await say('bot-a[bot]', `${head('R1', 'bot-a')}\n${end(1)}`);
    await say('bot-b[bot]', `${head('R1', 'bot-b')}\n${end(2)}`);
    await say('bot-b[bot]', `${head('R2', 'bot-b')}\n${end(3)}`);
    await say('bot-b[bot]', `${head('R1', 'bot-b')}\n${end(4).split('\n')[0]}`);
    await say(
      'old-bot[bot]',
      `New job on instance \`old\` for architecture \`x86_64-amd-zen2\` for repository \`R1\` in job dir \`/x/5\`\n|date|job status|comment|\n|----------|----------|------------------------|\n${end(5)}`,
    );
    const { comments } = await story.comment('bot: status repo:R1');
    expect(comments).toHaveLength(1);
    const rows = comments[0]?.body.split('\n').slice(4) ?? [];
    expect(comments[0]?.body.split('\n').slice(0, 3)).toEqual([
      '',
      'This is the status of all the `bot: build` commands:',
      '|on|for|repo|result|date|status|url|',
    ]);
    const dates = rows.map((row) => row.split('|')[5]?.replace('Jan 05 ', '').replace(':00 UTC 2025', ''));
    expect(dates).toEqual(['03:11', '03:12', '03:04', '03:15']);
    expect(rows.map((row) => row.split('|').at(-3))).toEqual(['finished', 'finished', 'submitted', 'finished']);
    expect(new Set(rows.map((row) => row.split('|').at(-2))).size).toBe(4);
  } finally {
    await story.close();
  }
});
