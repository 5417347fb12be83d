import { hyphenated } from '../../daemon/daemon-kinds.ts';
import { quoteWord } from '../../daemon/quote-word.ts';
import { complain, say } from '../../daemon/terminal.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';
import { checkConfiguration } from '../../settings/check-configuration.ts';
import { deliveryProblems } from '../../settings/delivery-problems.ts';
import { describeProblem } from '../../settings/describe-problem.ts';
import type { Environment } from '../../settings/environment.ts';
import { howToSet } from '../../settings/how-to-set.ts';
import type { Problem, Settings } from '../../settings/settings.ts';
import { type DaemonName, daemons } from './daemon-names.ts';
import { findHolder, type Holding } from './find-holder.ts';
import { findLostVariables } from './find-lost-variables.ts';
import { lookAtDaemonProcess } from './look-at-process.ts';
import { planRestart } from './plan-restart.ts';
import { startDaemon } from './start-daemon.ts';
import { stopDaemon } from './stop-daemon.ts';
import { tellDaemonsOf } from './tell-daemons-of.ts';
import { waysIn } from './ways-in.ts';

interface RestartRequest {
  readonly config: string;
  /** False: `config` is the default. */
  readonly isConfigGiven: boolean;
  readonly botName?: string;
  readonly eventHandlerOpts?: readonly string[];
  readonly jobManagerOpts?: readonly string[];
  readonly wait: number;
}

interface Again {
  readonly name: DaemonName;
  readonly settings: Settings;
  readonly words: readonly string[];
  /** Who is to be stopped first. */
  readonly holding: Holding;
}

/**
 * Stops daemons and starts those that have stopped, each with the words that it ran with; the exit status.
 * An app.cfg with which a daemon could not start again does not stop it.
 */
export async function restartDaemons(
  names: readonly DaemonName[],
  request: RestartRequest,
  run: typeof runProgram,
): Promise<number> {
  process.on('SIGHUP', () => {}); // a connection that is lost leaves no daemon stopped
  const settings = await settingsOf(request.config);
  if (settings === undefined) {
    complain('Nothing was stopped.');
    return 2;
  }
  let status = 0;
  const stopped: Again[] = [];
  for (const name of names) {
    const again = await lookHowToStart(name, settings, request);
    const outcome = typeof again === 'number' ? again : await stop(again, settings, request);
    if (typeof again !== 'number' && outcome === 0) stopped.push(again);
    status = outcome || status;
  }
  for (const { name, settings: own, words } of stopped) status = (await startDaemon(name, own, words, run)) || status;
  return status;
}

async function stop({ name, holding }: Again, { stateDir }: Settings, { wait }: RestartRequest): Promise<number> {
  return holding.kind === 'none' ? 0 : await stopDaemon(name, stateDir, wait, holding);
}

/** A number: it must not be stopped; the exit status. */
async function lookHowToStart(
  name: DaemonName,
  settings: Settings,
  { config, isConfigGiven, botName, eventHandlerOpts, jobManagerOpts }: RestartRequest,
): Promise<Again | number> {
  const { kind } = daemons[name];
  const options = name === 'event_handler' ? eventHandlerOpts : jobManagerOpts;
  const option = name === 'event_handler' ? '--event-handler-opts' : '--job-manager-opts';
  const holding = await findHolder(settings.stateDir, name);
  // One that is not here, or that systemd runs, stopDaemon leaves alone.
  const isHere = holding.kind === 'here' && holding.unit === undefined;
  const seen = isHere ? await lookAtDaemonProcess(holding.pid) : undefined;
  const running = seen?.name === hyphenated(kind) ? seen : undefined;
  if (isHere && running === undefined && options === undefined) {
    complain(
      `error: the options of the ${kind} (process ${holding.pid}) cannot be read, so it was not stopped; give them, or '' for none: ${option} OPTIONS`,
    );
    return 1;
  }
  const keepsConfig = !isConfigGiven && running?.own?.directory === process.cwd();
  const again = planRestart(running?.words ?? [], {
    ...(!keepsConfig && { config }),
    ...(botName !== undefined && { botName }),
    ...(options !== undefined && { options }),
  });
  if (name === 'event_handler' && (isHere || holding.kind === 'none')) {
    const deaf = await tellWhyDeaf(again.words, running?.own?.environment);
    if (deaf !== undefined) {
      complain(`The ${kind} was not ${isHere ? 'stopped' : 'started'}.`);
      return deaf;
    }
  }
  const ownConfig = again.config ?? config;
  const own = ownConfig === config ? settings : await settingsOf(ownConfig);
  if (own === undefined) {
    complain(`error: the ${kind} runs with ${ownConfig}, which is not valid; it was not stopped`);
    return 2;
  }
  if (again.kept.length > 0)
    say(`The ${kind} keeps its options: ${again.kept.map(quoteWord).join(' ')} (others, or '' for none: ${option})`);
  if (holding.kind === 'none')
    say(
      options === undefined
        ? `The ${kind} does not run: it is started without options, since those of the last time are not known (to give some: ${option})`
        : `The ${kind} does not run: it is started.`,
    );
  return { name, settings: own, words: ['--config', ownConfig, ...again.words], holding };
}

/** Says why an event handler would hear nothing if this shell started it; the exit status. `running`: the environment of the one that runs. */
async function tellWhyDeaf(words: readonly string[], running: Environment = {}): Promise<number | undefined> {
  const lost = findLostVariables(words, running, process.env);
  if (lost.length > 0) {
    complain(
      `error: ${lost.join(' and ')}: set for the event handler that runs, not in this shell; to set it here: ${await howToSet(lost, process.env)}; to do without: ./bot.sh stop event_handler, then start`,
    );
    return 1;
  }
  const { asksItself, smee } = waysIn(words);
  const problems = asksItself ? [] : await deliveryProblems(process.env, smee);
  for (const problem of problems) complain(`error: ${describeProblem(problem)}`);
  return problems.length === 0 ? undefined : 2;
}

/** Checks app.cfg and says what is wrong, `further` too; undefined: it is not valid. */
export async function settingsOf(appCfgPath: string, further: readonly Problem[] = []): Promise<Settings | undefined> {
  const files = { appCfgPath, environment: process.env, workingDirectory: process.cwd() };
  const checked = await checkConfiguration(files, further);
  if (checked === undefined) await tellDaemonsOf(appCfgPath);
  return checked?.settings;
}
