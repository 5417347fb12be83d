import { homedir, hostname, machine } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { pause } from '../../daemon/pause.ts';
import { quoteWord } from '../../daemon/quote-word.ts';
import { complain, say } from '../../daemon/terminal.ts';
import { wholeNumber } from '../../daemon/whole-number.ts';
import { eventHandlerOptions } from './event-handler-options.ts';
import { type Answers, questions, takeAnswers } from './questions.ts';
import { runSetup } from './run-setup.ts';
import type { SetupTools } from './tools.ts';

const lookAgainMilliseconds = 5_000;

interface Options extends Partial<Answers> {
  readonly code?: string;
  readonly installation?: number;
  readonly secrets: string;
  readonly smeeServer: string;
}

/** What main.ts brings: all that reaches outside. */
type Outside = Pick<
  SetupTools,
  'runProgram' | 'findProgram' | 'environment' | 'listInstallations' | 'apiUrl' | 'serverUrl'
>;

/** Adds `setup`. `afterwards`: looks at what was set up, with the variables of that file; the exit status. */
export function addSetupCommand(
  program: Command,
  outside: Outside,
  afterwards: (environmentFiles: readonly string[]) => Promise<number>,
): void {
  const command = program
    .command('setup')
    .description('from nothing to the files that the daemons start with; asks what no option says; can be run again');
  for (const { key, argument, asks } of questions) command.option(`--${key} ${argument}`, asks);
  command
    .option('--code <code>', 'what GitHub led to after the App was registered: a code, or the address that holds it')
    .option('--installation <number>', 'for an App with several installations', wholeNumber(1))
    .option('--secrets <directory>', 'for key and secrets', join(homedir(), '.config/bot'))
    .option('--smee-server <address>', 'where --receive smee makes a channel', 'https://smee.io')
    .action(async (options: Options) => {
      process.exitCode = await setup(options, outside, afterwards);
    });
}

async function setup(
  { code, installation, secrets, smeeServer, ...given }: Options,
  outside: Outside,
  afterwards: (environmentFiles: readonly string[]) => Promise<number>,
): Promise<number> {
  const surroundings = { host: hostname(), home: homedir() };
  const terminal = process.stdin.isTTY ? await loadTerminal() : undefined;
  const asked = terminal ? await terminal.askQuestions(given, surroundings) : given;
  const taken = takeAnswers(asked, surroundings);
  if ('problems' in taken) {
    complain(taken.problems.map((problem) => `error: ${problem}`));
    return 2;
  }
  const tools: SetupTools = {
    ...outside,
    root: join(import.meta.dirname, '../../..'),
    directory: process.cwd(),
    secretsDirectory: resolve(secrets),
    smeeServer,
    machine: machine(),
    searchPath: process.env['PATH'] ?? '',
    say,
    ask: terminal && ((question, whyNot) => terminal.askAtTerminal(question, '', whyNot)),
    pause: () => pause(lookAgainMilliseconds, new AbortController().signal),
  };
  const told = { answers: taken.answers, ...(code !== undefined && { code }), ...(installation && { installation }) };
  const outcome = await runSetup(told, tools);
  if (outcome.kind === 'begun') return 1;
  const status = await afterwards(outcome.environmentFiles);
  // https://docs.npmjs.com/cli/commands/npx: what is not installed is fetched into npm's cache.
  if (tools.root.includes('/_npx/'))
    complain(
      `warning: app.cfg names scripts in ${tools.root}, npx's cache, which npm may empty. Install the program (npm install --global --ignore-scripts FILE), and run its bot.sh setup again, elsewhere.`,
    );
  if (taken.answers.units === 'yes') return status; // it has said how
  const options = eventHandlerOptions(taken.answers.receive).join(' ');
  const pull = options === '' ? '' : ` --event-handler-opts '${options}'`;
  const sourced = outcome.environmentFiles.map((file) => `. ${quoteWord(file)}; `).join('');
  say(`Start the bot: set -a; ${sourced}set +a; ./bot.sh start${pull}`);
  return status;
}

/** Only if a person sits at the terminal. */
async function loadTerminal() {
  const { askAtTerminal, askQuestions } = await import('./ask-at-terminal.ts');
  return { askAtTerminal, askQuestions };
}
