import { Argument, type Command, InvalidArgumentError } from 'commander';
import { stopOnSignals } from '../../daemon/stop-on-signals.ts';
import { complain } from '../../daemon/terminal.ts';
import { wholeNumber } from '../../daemon/whole-number.ts';
import { exists } from '../../outside/files/exists.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';
import { deliveryProblems } from '../../settings/delivery-problems.ts';
import { findLogPath, findPlaces, whyNotFound } from '../../settings/find-places.ts';
import { splitWords } from '../../settings/posix-words.ts';
import { showLogs } from '../logs/show-logs.ts';
import { type DaemonName, daemonNames, daemons } from './daemon-names.ts';
import { findHolder } from './find-holder.ts';
import { restartDaemons, settingsOf } from './restart-daemons.ts';
import { startDaemon } from './start-daemon.ts';
import { stopDaemon } from './stop-daemon.ts';
import { tellDaemonsOf } from './tell-daemons-of.ts';
import { waysIn } from './ways-in.ts';

interface Options {
  readonly config: string;
  /** False: `config` is the default. */
  readonly isConfigGiven: boolean;
  readonly eventHandlerOpts?: readonly string[];
  readonly jobManagerOpts?: readonly string[];
  readonly botName?: string;
  readonly wait: number;
}

/** Adds `start`, `stop`, `restart` (the Python bot's `bot.py` has them, with these options) and `logs`. */
export function addDaemonCommands(program: Command, run: typeof runProgram): void {
  const add = (
    name: string,
    says: string,
    act: (daemon: DaemonName | undefined, options: Options) => Promise<number>,
  ) =>
    program
      .command(name)
      .description(says)
      .addArgument(new Argument('[daemon]', 'one of them only').choices(daemonNames))
      .option('--config <file>', 'the configuration file', 'app.cfg')
      .action(async (daemon: DaemonName | undefined, options: Options, command: Command) => {
        const isConfigGiven = command.getOptionValueSource('config') !== 'default';
        process.exitCode = await act(daemon, { ...options, isConfigGiven });
      });
  withDaemonOptions(
    add(
      'start',
      'starts both daemons, or one, in the background; exit status 0: they work, 1: not, 2: app.cfg is not valid',
      (daemon, options) => start(daemon, options, run),
    ),
  );
  withWait(
    add(
      'stop',
      'ends both daemons of this machine, or one, and waits for it; exit status 0: none runs, 1: one still does',
      stop,
    ),
  );
  withWait(
    withDaemonOptions(
      add(
        'restart',
        'stop, then start, each with the options that it runs with unless others are given',
        (daemon, options) => restartDaemons(namesOf(daemon), options, run),
      ),
    ),
  );
  add(
    'logs',
    'the last lines of both logs by their time; exit status 0: shown, 1: there is none',
    logs as Parameters<typeof add>[2],
  )
    .option('-n, --lines <number>', 'how many', wholeNumber(1), 50)
    .option('-f, --follow', 'goes on with what is added, until Ctrl-C', false);
}

const withDaemonOptions = (command: Command) =>
  command
    .showHelpAfterError(
      `Options of a daemon itself: --event-handler-opts '--port 3000', for instance. Help: ./bot.sh ${command.name()} --help`,
    )
    .option('--bot-name <name>', 'marks the processes for whoever looks at their list')
    .option('--event-handler-opts <options>', "options of the event handler, in one word: '--pull 30'", words)
    .option('--job-manager-opts <options>', "options of the job manager, in one word: '--debug'", words);

const withWait = (command: Command) =>
  command.option('--wait <seconds>', 'how long to wait for the end, of an upload for instance', wholeNumber(1), 900);

const namesOf = (daemon: DaemonName | undefined) => (daemon === undefined ? daemonNames : [daemon]);

async function start(daemon: DaemonName | undefined, options: Options, run: typeof runProgram): Promise<number> {
  const { config, botName, eventHandlerOpts = [], jobManagerOpts = [] } = options;
  const { asksItself, smee } = waysIn(eventHandlerOpts);
  // Without an app.cfg setup is the next step, and that makes the secret, too.
  const isToBeSent =
    daemon !== 'job_manager' &&
    !asksItself &&
    (await exists(config).catch(() => false)) &&
    !(await runsEventHandler(config));
  const settings = await settingsOf(config, isToBeSent ? await deliveryProblems(process.env, smee) : []);
  if (settings === undefined) {
    complain('Nothing was started.');
    return 2;
  }
  const given = { event_handler: eventHandlerOpts, job_manager: jobManagerOpts };
  let status = 0;
  for (const name of namesOf(daemon)) {
    const all = ['--config', config, ...given[name], ...(botName === undefined ? [] : ['--bot-name', botName])];
    status = (await startDaemon(name, settings, all, run)) || status;
  }
  return status;
}

/** Then it has its secret; the job manager is started without. */
async function runsEventHandler(config: string): Promise<boolean> {
  const places = await findPlaces(config, process.env, process.cwd());
  const holding = places && (await findHolder(places.stateDir, 'event_handler').catch(() => undefined)); // told at the start
  return holding !== undefined && holding.kind !== 'none';
}

/** Works also with an app.cfg that was edited and is not valid: the daemons were started before. */
async function stop(daemon: DaemonName | undefined, { config, wait }: Options): Promise<number> {
  const places = await findPlaces(config, process.env, process.cwd());
  if (places === undefined) {
    complain(`error: ${await whyNotFound("the daemons' leases are", 'state_dir', config, process.cwd())}`);
    await tellDaemonsOf(config);
    return 2;
  }
  let status = 0;
  for (const name of namesOf(daemon)) status = (await stopDaemon(name, places.stateDir, wait)) || status;
  return status;
}

/** Works also with an app.cfg that is not valid: just then logs are wanted. */
async function logs(
  daemon: DaemonName | undefined,
  options: Options & { lines: number; follow: boolean },
): Promise<number> {
  const paths: { daemon: DaemonName; path: string }[] = [];
  const whyNot = new Set<string>();
  for (const name of namesOf(daemon)) {
    const path = await findLogPath(name, options.config, process.env, process.cwd());
    if (path !== undefined) paths.push({ daemon: name, path });
    else
      whyNot.add(
        await whyNotFound(
          `the log of the ${daemons[name].kind} is`,
          `log_path of [${name}]`,
          options.config,
          process.cwd(),
        ),
      );
  }
  for (const why of whyNot) complain(`error: ${why}`);
  if (paths.length === 0) {
    await tellDaemonsOf(options.config);
    return 2;
  }
  return await showLogs(paths, options.lines, options.follow ? stopOnSignals(() => {}) : undefined);
}

function words(text: string): readonly string[] {
  const split = splitWords(text, process.env);
  if ('problem' in split) throw new InvalidArgumentError(`It ${split.problem}.`);
  return split.words;
}
