import { join } from 'node:path';
import type { Command } from 'commander';
import { pause } from '../../daemon/pause.ts';
import { quoteWord } from '../../daemon/quote-word.ts';
import { complain, say } from '../../daemon/terminal.ts';
import { wholeNumber } from '../../daemon/whole-number.ts';
import type { Clone } from '../../outside/git/program-clone.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';
import { findPlaces, whyNotFound } from '../../settings/find-places.ts';
import { type DaemonName, daemonNames, daemons } from '../daemons/daemon-names.ts';
import { findHolder } from '../daemons/find-holder.ts';
import { daemonsOfProgram, lookAtDaemonProcess } from '../daemons/look-at-process.ts';
import { stopDaemon } from '../daemons/stop-daemon.ts';
import type { SeenDaemon, ToRestart } from './plan-upgrade.ts';
import { runUpgrade, type UpgradeRequest } from './run-upgrade.ts';

interface Options extends UpgradeRequest {
  readonly config: string;
  readonly wait: number;
}

const lookAgainMilliseconds = 200;
const heldWithinMilliseconds = 120_000;

/** What main.ts brings: all that reaches outside. */
interface Outside {
  /** The directory of the program. */
  readonly root: string;
  readonly runProgram: typeof runProgram;
  /** The clone that the program lies in. */
  readonly clone: Clone;
}

/** Adds `upgrade`. */
export function addUpgradeCommand(program: Command, outside: Outside): void {
  program
    .command('upgrade')
    .description(
      'exchanges the program for another version, and restarts the daemons that run; exit status 0: done, 1: not, as it says, 2: refused, nothing was changed',
    )
    .argument('[version]', 'a tag, branch or commit; else what git pull would bring, or the newest release')
    .option('--back', 'to the version from before the last upgrade', false)
    .option('--dry-run', 'fetches, installs beside and checks; exchanges nothing', false)
    .option('--config <file>', 'the configuration file', 'app.cfg')
    .option('--wait <seconds>', 'how long to wait for the end, of an upload for instance', wholeNumber(1), 900)
    .action(async (version: string | undefined, options: Options) => {
      process.exitCode = await upgrade({ ...options, ...(version !== undefined && { version }) }, outside);
    });
}

async function upgrade(options: Options, { root, runProgram, clone }: Outside): Promise<number> {
  const { config, wait, version, back } = options;
  const places = await findPlaces(config, process.env, process.cwd());
  const refusal =
    places === undefined
      ? await whyNotFound("the daemons' leases are", 'state_dir', config, process.cwd())
      : version !== undefined && back
        ? 'a version and --back are two wishes; leave one out'
        : (await clone.isClone())
          ? undefined
          : `${root} is no clone of git: upgrade it as it was installed, npm install --global --ignore-scripts FILE for instance with the archive of the new version; then bot.sh restart`;
  if (places === undefined || refusal !== undefined) {
    complain(`error: ${refusal}`);
    return 2;
  }
  const environments = new Map<DaemonName, Readonly<Record<string, string>>>();
  const run = async (
    file: string,
    words: readonly string[],
    { directory = process.cwd(), environment = ownEnvironment() } = {},
  ) => {
    const result = await runProgram({ program: file, arguments: words }, { environment, cwd: directory });
    if (result.kind === 'not-started') return { status: 127, lines: [result.message] };
    const lines = `${result.stdout}${result.stderr}`
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '');
    if (result.kind !== 'exited') return { status: 1, lines: [...lines, whyProgramFailed(file, result, '')] };
    return { status: result.code, lines };
  };
  const tell = async (running: ReturnType<typeof run>) => {
    const { status, lines } = await running;
    if (lines.length > 0) (status === 0 ? say : complain)(lines);
    return status;
  };
  // git and npm run in sessions of their own, which Ctrl-C does not reach: they end with this process, and the next upgrade goes on.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  process.on('SIGHUP', () => {}); // a connection that is lost leaves no daemon stopped
  return await runUpgrade(options, {
    root,
    packages: join(root, '.packages'),
    directory: process.cwd(),
    appCfgPath: config,
    clone,
    run,
    say,
    complain,
    async lookAtDaemons() {
      const seen = await Promise.all(daemonNames.map((name) => lookAt(places.stateDir, name)));
      for (const daemon of seen.flat()) {
        if (daemon.process?.own) environments.set(daemon.name, daemon.process.own.environment);
      }
      return seen.flat();
    },
    async lookAtOthers() {
      const holders = await Promise.all(daemonNames.map((name) => findHolder(places.stateDir, name)));
      const others = (await daemonsOfProgram(root)).filter(
        ({ pid }) => !holders.some((holding) => holding.kind === 'here' && holding.pid === pid),
      );
      return others.map(({ pid, own }) => ({ pid, ...(own && { directory: own.directory }) }));
    },
    async findStandby({ name }) {
      const holding = await findHolder(places.stateDir, name);
      if (holding.kind !== 'elsewhere') return undefined;
      return `the ${daemons[name].kind} on ${holding.host} has taken over with the program of before; run there: cd ${quoteWord(process.cwd())} && ./bot.sh restart ${name}`;
    },
    async stopDaemon({ name, unit }) {
      if (unit === undefined) return await stopDaemon(name, places.stateDir, wait);
      return await tell(run('systemctl', ['--user', 'stop', unit.name]));
    },
    async startDaemon({ name, words, directory, unit }) {
      if ((await findHolder(places.stateDir, name)).kind === 'here') return 0;
      const environment = environments.get(name) ?? ownEnvironment();
      if (unit === undefined)
        return await tell(run(join(root, 'bot.sh'), startWords({ name, words }), { directory, environment }));
      const status = await tell(run('systemctl', ['--user', 'start', unit.name]));
      // A unit that cannot notify counts as started before it works.
      return status !== 0 || (await isHeldSoon(places.stateDir, name)) ? status : 1;
    },
  });
}

async function isHeldSoon(stateDir: string, name: DaemonName): Promise<boolean> {
  const limit = AbortSignal.timeout(heldWithinMilliseconds);
  while ((await findHolder(stateDir, name)).kind !== 'here') {
    if (limit.aborted) return false;
    await pause(lookAgainMilliseconds, limit);
  }
  return true;
}

async function lookAt(stateDir: string, name: DaemonName): Promise<SeenDaemon[]> {
  const holding = await findHolder(stateDir, name);
  if (holding.kind === 'none') return [];
  const process = holding.kind === 'here' ? await lookAtDaemonProcess(holding.pid) : undefined;
  return [{ name, holding, ...(process && { process }) }];
}

/** The words for bot.sh that start a daemon as it was started. */
export function startWords({ name, words }: Pick<ToRestart, 'name' | 'words'>): readonly string[] {
  const at = words.findIndex((word) => word === '--config' || word.startsWith('--config='));
  const length = words[at] === '--config' ? 2 : 1;
  const config = at < 0 ? [] : words.slice(at, at + length);
  const rest = at < 0 ? words : words.toSpliced(at, length);
  const option = name === 'event_handler' ? '--event-handler-opts' : '--job-manager-opts';
  return ['start', name, ...config, ...(rest.length === 0 ? [] : [option, rest.map(quoteWord).join(' ')])];
}

/** npm and the version's own programs get what a person's commands get. */
const ownEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
