import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/configparser/parse-config.ts';
import { knownRepositoryKeys, knownSettings } from '../../src/settings/known-settings.ts';
import { filesOfRepository, parsePage, readPages } from './markdown-pages.ts';
import { type Program, whyRefused } from './programs.ts';
import { commandsOf, type TypedCommand } from './typed-commands.ts';

const root = join(import.meta.dirname, '../..');
const files = await filesOfRepository();
const pages = await readPages();
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
const launchers: Readonly<Record<string, string>> = {
  './bot.sh': 'src/admin/main.ts',
  './event_handler.sh': 'src/event-handler/main.ts',
  './job_manager.sh': 'src/job-manager/main.ts',
};
/** npm's scripts whose program reads a command line by commander. */
const mains = Object.fromEntries(
  Object.entries(scripts).flatMap(([name, script]) => {
    const main = /\S+\/main\.ts$/.exec(script)?.[0];
    return main !== undefined && readFileSync(join(root, main), 'utf8').includes("from 'commander'")
      ? [[name, main]]
      : [];
  }),
);
const programs = JSON.parse(
  execFileSync(
    process.execPath,
    [join(import.meta.dirname, 'print-programs.ts'), ...Object.values(launchers), ...Object.values(mains)],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  ),
) as Readonly<Record<string, Program>>;

/** What is wrong with a command that a page has typed; undefined: it can be typed, or is not ours. */
function whyWrong([name = '', ...words]: readonly string[]): string | undefined {
  const launcher = launchers[name];
  if (launcher !== undefined) return whyRefusedBy(launcher, words);
  if (name === 'npm') return whyNoScript(words);
  if (name === 'node' && words[0]?.includes('/'))
    return files.includes(words[0]) ? undefined : `there is no ${words[0]}`;
  if (/^(\.\/|scripts\/|test\/)/.test(name) && !files.includes(name.replace('./', ''))) return `there is no ${name}`;
  return undefined;
}

function whyRefusedBy(main: string, words: readonly string[]): string | undefined {
  const program = programs[main];
  if (program === undefined) return `${main} was not read`;
  const forDaemons = [
    ['--event-handler-opts', './event_handler.sh'],
    ['--job-manager-opts', './job_manager.sh'],
  ].flatMap(([option = '', launcher = '']) => {
    const at = words.indexOf(option);
    return at === -1 ? [] : [whyWrong([launcher, ...(words[at + 1] ?? '').split(' ')])];
  });
  return whyRefused(program, words) ?? forDaemons.find((why) => why !== undefined);
}

function whyNoScript([command, name = '', ...words]: readonly string[]): string | undefined {
  if (command !== 'run' || name === '') return undefined;
  const main = mains[name];
  if (!Object.hasOwn(scripts, name)) return `package.json has no script ${name}`;
  return main !== undefined && words[0] === '--' ? whyRefusedBy(main, words.slice(1)) : undefined;
}

it('every command that a page has typed can be typed', () => {
  const typed = pages.filter(({ path }) => path !== 'CHANGELOG.md').flatMap(commandsOf);
  const ours = typed.filter(({ words: [name = ''] }) => Object.hasOwn(launchers, name));
  expect(ours.length).toBeGreaterThan(30);
  const wrong = typed.flatMap(({ path, words }: TypedCommand) => {
    const why = whyWrong(words);
    return why === undefined ? [] : [`${path}: ${words.join(' ')}: ${why}`];
  });
  expect(wrong).toEqual([]);
});

it.each`
  typed                                                | why
  ${'./bot.sh status --json'}                          | ${undefined}
  ${'./bot.sh replay --reseal NAME'}                   | ${undefined}
  ${'./bot.sh status --brief'}                         | ${'bot.sh status has no option --brief'}
  ${'./bot.sh statsu'}                                 | ${'bot.sh does not take: statsu'}
  ${'./bot.sh ledger verify'}                          | ${undefined}
  ${"./bot.sh start --event-handler-opts '--pull 30'"} | ${undefined}
  ${"./bot.sh start --event-handler-opts '--pul 30'"}  | ${'event_handler.sh has no option --pul'}
  ${'./event_handler.sh --pull'}                       | ${'--pull wants a value'}
  ${'./job_manager.sh -i 0'}                           | ${undefined}
  ${'npm run demo -- --once'}                          | ${undefined}
  ${'npm run demo -- --twice'}                         | ${'npm run demo -- has no option --twice'}
  ${'npm run nothing'}                                 | ${'package.json has no script nothing'}
  ${'scripts/nothing.sh'}                              | ${'there is no scripts/nothing.sh'}
  ${'squeue --whatever'}                               | ${undefined}
`('$typed: $why', ({ typed, why }) => {
  const [command] = commandsOf(parsePage('x.md', `\`\`\`sh\n${typed}\n\`\`\`\n`));
  expect(whyWrong(command?.words ?? [])).toBe(why);
});

it('finds the commands of a line, and those in a sentence', () => {
  const page = parsePage(
    'x.md',
    'Type `./bot.sh check`, not `check`.\n\n```sh\ncd x && A=b ./bot.sh logs -f  # both\n```\n',
  );
  expect(commandsOf(page).map(({ words }) => words)).toEqual([
    ['cd', 'x'],
    ['./bot.sh', 'logs', '-f'],
    ['./bot.sh', 'check'],
  ]);
});

/** Sections of other files. */
const ofSystemd = ['Unit', 'Service', 'Install', 'Timer', 'Socket'];

it('every setting in a block of app.cfg is one that the bot knows', () => {
  const known: Readonly<Record<string, readonly string[]>> = knownSettings;
  const unknown = pages.flatMap(({ path, codeBlocks }) =>
    codeBlocks
      .filter(({ language }) => language === 'ini')
      .flatMap(({ text }) => {
        const { config } = parseConfig(text.startsWith('[') ? text : `[a section]\n${text}`);
        return [...config.sections.values()].filter(({ name }) => !ofSystemd.includes(name));
      })
      .flatMap(({ name, entries }) => {
        const keys =
          known[name] ?? (name === 'a section' ? [...knownRepositoryKeys, ...Object.values(known).flat()] : []);
        return [...entries.keys()].filter((key) => !keys.includes(key)).map((key) => `${path}: [${name}] ${key}`);
      }),
  );
  expect(unknown).toEqual([]);
});
