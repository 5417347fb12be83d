import { expect, it } from 'vitest';
import type { Markdown } from '../outside/forge/forge.ts';
import type { Texts } from '../settings/settings.ts';
import { nearMiss } from './near-miss.ts';
import { kindOfResponse, type ResponseItem, responseComment, tellOfJobs, tellOfNothing } from './response.ts';

const texts = {
  commandResponse: 'Updates by {app_name}\n{comment_response}\n{comment_result}\nend',
} as unknown as Texts;
const say = (...items: readonly ResponseItem[]): string => responseComment('bot-a', 'alice', items, texts);
const told = (...lines: readonly string[]) => ({ kind: 'told', lines: lines as readonly Markdown[] }) as const;

it('answers several commands at once', () => {
  const jobs = [{ id: '12', url: 'https://github.com/O/R/pull/9#issuecomment-1' }, { id: '13' }];
  expect(
    say(
      {
        kind: 'received',
        typed: 'build for:arch=a',
        expanded: 'build architecture:a',
        result: tellOfJobs(jobs, ['`R2` was not built: no section.' as Markdown]),
      },
      { kind: 'misunderstood', typed: 'biuld', reason: '`biuld` is no command; did you mean `build`?' as Markdown },
      {
        kind: 'received',
        typed: 'show_config',
        expanded: 'show_config',
        result: told('  - added comment https://github.com/O/R/pull/9#issuecomment-2 to show configuration'),
      },
      {
        kind: 'received',
        typed: 'status last_build',
        expanded: 'status last_build',
        result: told('  - added status comment https://github.com/O/R/pull/9#issuecomment-3'),
      },
      {
        kind: 'received',
        typed: 'build for:arch=b',
        expanded: 'build architecture:b',
        result: { kind: 'failed', command: 'build', reason: 'Nothing matches.' as Markdown },
      },
    ),
  ).toBe(`Updates by bot-a

- received bot command \`build for:arch=a\` from \`alice\`
  - expanded format: \`build architecture:a\`
- parsing the bot command \`biuld\`, received from sender \`alice\`, failed
  - \`biuld\` is no command; did you mean \`build\`?
- received bot command \`show_config\` from \`alice\`
  - expanded format: \`show_config\`
- received bot command \`status last_build\` from \`alice\`
  - expanded format: \`status last_build\`
- received bot command \`build for:arch=b\` from \`alice\`
  - expanded format: \`build architecture:b\`

- handling command \`build architecture:a\` resulted in:
  - submitted job \`12\`, for details & status see https://github.com/O/R/pull/9#issuecomment-1
  - submitted job \`13\`
  - \`R2\` was not built: no section.
- handling command \`show_config\` resulted in:
  - added comment https://github.com/O/R/pull/9#issuecomment-2 to show configuration
- handling command \`status last_build\` resulted in:
  - added status comment https://github.com/O/R/pull/9#issuecomment-3
- handling command \`build\` failed with message
  _Nothing matches._
end`);
});

const received = { kind: 'received', typed: 'build', expanded: 'build' } as const;

it.each<[string, ResponseItem, string, string]>([
  [
    'no command permission',
    { kind: 'no-command-permission' },
    '- account `alice` has NO permission to send commands to the bot',
    'response with a refusal',
  ],
  [
    'no build permission, where the site has no text of its own',
    { ...received, result: { kind: 'no-build-permission' } },
    '  - account `alice` has NO permission to submit build jobs',
    'response with a refusal',
  ],
  ['no jobs', { ...received, result: tellOfJobs([], []) }, '  - no jobs were submitted', 'response'],
  ['nothing matches', { ...received, result: tellOfNothing('jobs') }, '  - no jobs were submitted', 'response'],
  [
    'a target that failed',
    { ...received, result: tellOfJobs([], ['sbatch said no.' as Markdown]) },
    '  - sbatch said no.',
    'response with a refusal',
  ],
  [
    'help',
    { ...received, result: { ...told('  More: https://www.eessi.io/docs/bot'), saying: 'response with help' } },
    '  More: https://www.eessi.io/docs/bot',
    'response with help',
  ],
  ['nothing yet', received, '  - expanded format: `build`', 'response'],
])('%s', (_what, item, line, kind) => {
  expect(say(item).split('\n')).toContain(line);
  expect(kindOfResponse([item])).toBe(kind);
});

const shipped = {
  commandResponse:
    '<details><summary>Updates by <code>{app_name}</code> <em>(click for details)</em></summary>\n\n{comment_response}\n{comment_result}\n</details>',
} as unknown as Texts;

it('a refusal stands open, with what works here', () => {
  const result = {
    kind: 'failed',
    command: 'build',
    reason: 'Nothing matches.' as Markdown,
    example: 'build x',
  } as const;
  const example = 'build for:arch=x86_64/amd/zen2';
  const items: ResponseItem[] = [
    { kind: 'misunderstood', typed: 'biuld', reason: '`biuld` is no command.' as Markdown, example },
    { ...received, result },
  ];
  expect(responseComment('bot-a', 'alice', items, shipped)).toBe(`Updates by <code>bot-a</code>



- parsing the bot command \`biuld\`, received from sender \`alice\`, failed
  - \`biuld\` is no command.
  - what works here: \`bot: build for:arch=x86_64/amd/zen2\`
- received bot command \`build\` from \`alice\`
  - expanded format: \`build\`

- handling command \`build\` failed with message
  _Nothing matches._
  - what works here: \`bot: build x\``);
});

it.each<[string, ResponseItem, boolean]>([
  ['that jobs were submitted', { ...received, result: tellOfJobs([{ id: '7' }], []) }, true],
  ['what is under way', received, true],
  ['help', { ...received, result: { ...told('  help'), saying: 'response with help' } }, false],
  ['that some were not', { ...received, result: tellOfJobs([{ id: '7' }], ['no.' as Markdown]) }, false],
  ['that nothing matches', { ...received, result: tellOfNothing('jobs', { reason: 'no.' as Markdown }) }, false],
  ['who may not', { kind: 'no-command-permission' }, false],
  ['what it waits for', { ...received, waitsFor: 'Slurm is away.' as Markdown }, false],
])('folds as the site says, or stands open: %s', (_what, item, isFolded) => {
  expect(responseComment('bot-a', 'alice', [item], shipped).includes('<details>')).toBe(isFolded);
});

it('folds many refusals below one sentence that stands open', () => {
  const refusals = Array.from({ length: 40 }, (_, index) => `no job for \`${index}\`` as Markdown);
  const comment = responseComment('bot-a', 'alice', [{ ...received, result: tellOfJobs([], refusals) }], shipped);
  expect(comment).toMatch(
    /^Updates by <code>bot-a<\/code>\n+- 1 of 1 not done in full\. The first: no job for `0`\n\n<details><summary>All of it<\/summary>\n\n- received/,
  );
  expect(comment).toMatch(/\n {2}- no job for `39`\n\n<\/details>\s*$/);
});

it('never says alone that no jobs were submitted', () => {
  const reason = '`repository:R2` selects nothing of `bot-a`.' as Markdown;
  expect(tellOfNothing('jobs', { reason, example: 'build for:arch=a' }).lines).toEqual([
    '  - no jobs were submitted',
    `  - ${reason}`,
    '  - what works here: `bot: build for:arch=a`',
  ]);
  expect(tellOfNothing('jobs').lines).toEqual([
    '  - no jobs were submitted',
    '  - why is told in a comment of its own',
  ]);
  expect(tellOfNothing('comment').lines).toEqual([
    '  - no comment was added',
    '  - `chatlevel` of this bot allows none; its admin sets it',
  ]);
  expect(tellOfJobs([], []).lines).toEqual(['  - no jobs were submitted', '  - nothing was left to build']);
});

it('says one line to a near miss', () => {
  const line = (typed: string): ResponseItem => ({ kind: 'near-miss', line: nearMiss(typed, 'build for:arch=a') });
  const why =
    'was not read as a command: that begins with `bot:`, in small letters, where its line begins, and not in code. Type `bot: build for:arch=a`';
  expect(say(line('bot build for:arch=a'))).toBe(`Instance \`bot-a\`: \`bot build for:arch=a\` ${why}`);
  expect(say(line('Bot: x'), line('Bot: y'))).toBe(
    `Instance \`bot-a\`: nothing was done.\n- \`Bot: x\` ${why}\n- \`Bot: y\` ${why}`,
  );
  expect(say({ kind: 'received', typed: 'help', expanded: 'help' }, line('Bot: x'))).toContain(
    `\n- \`Bot: x\` ${why}\n`,
  );
});

it('cannot be made to say more than fits, nor to speak as a command', () => {
  const items = Array.from(
    { length: 5_000 },
    (): ResponseItem => ({
      kind: 'misunderstood',
      typed: '`` bot: x',
      reason: 'x\nbot: help' as Markdown,
    }),
  );
  const comment = say(...items);
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment).toMatch(/\n- … and \d+ more lines, for which there is no room\n+<\/details>\n+end$/);
  expect(comment.split('\n').filter((line) => line.trim().startsWith('bot:'))).toEqual([]);
});

it('shows as many lines as there is room for, also of one command with very many jobs', () => {
  const jobs = Array.from({ length: 1_000 }, (_, index) => ({
    id: String(index),
    url: `https://github.com/O/R/pull/9#issuecomment-${index}`,
  }));
  const result = tellOfJobs(jobs, []);
  const comment = say({ kind: 'received', typed: 'build', expanded: 'build', result });
  expect(comment.length).toBeLessThanOrEqual(65_536);
  const shown = comment.split('\n').filter((line) => line.startsWith('  - submitted job ')).length;
  const [, leftOut] = /\n- … and (\d+) more lines, for which there is no room\nend$/.exec(comment) ?? [];
  expect(shown).toBeGreaterThan(200);
  expect(shown + Number(leftOut)).toBe(1_000);
});

it('leaves room for a site’s own long text', () => {
  const long = {
    commandResponse: `${'x'.repeat(60_000)}\n{comment_response}\n{comment_result}\nend`,
  } as unknown as Texts;
  const items = Array.from(
    { length: 500 },
    (): ResponseItem => ({ kind: 'received', typed: 'help', expanded: 'help' }),
  );
  expect(responseComment('bot-a', 'alice', items, long)).toMatch(/more lines, for which there is no room\n\nend$/);
});
