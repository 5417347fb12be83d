import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { machineClock } from '../daemon/clock.ts';
import { say } from '../daemon/terminal.ts';
import { lookAround } from '../daemon/troubles.ts';
import { wholeNumber } from '../daemon/whole-number.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { gitHubPlaces } from '../outside/forge/github/git-places.ts';
import { gitHubWebhooks } from '../outside/forge/github/github-webhooks.ts';
import type { WebhookSecrets } from '../outside/forge/webhooks.ts';
import { checkGit } from '../outside/git/check-git-version.ts';
import { gitCommands } from '../outside/git/git-commands.ts';
import { judgeGit } from '../outside/git/judge-trouble.ts';
import { missingPrograms } from '../outside/processes/find-program.ts';
import { runProgram } from '../outside/processes/run-program.ts';
import { smeeRelay } from '../outside/relay/smee-relay.ts';
import { type Daemon, type DaemonOptions, environments, leaveToTheOther, runDaemon, runMain } from '../run-daemon.ts';
import { deliveryProblems } from '../settings/delivery-problems.ts';
import type { Settings } from '../settings/settings.ts';
import { OutsideWaits } from './outside-waits.ts';
import { Inbox } from './receive/inbox.ts';
import { readEventFile } from './receive/read-event-file.ts';
import { type Outside, type RunOptions, runEventHandler } from './run-event-handler.ts';

interface Options extends RunOptions, DaemonOptions {
  readonly smee?: string;
}

const environment = process.env;
const askpassProgram = join(import.meta.dirname, '../../scripts/git-askpass');

/** Runs the event handler; gives back the exit code. */
async function main(options: Options): Promise<number> {
  const { file, cron } = options;
  const start = {
    kind: 'event handler',
    options,
    problems: isSentDeliveries(options) ? await deliveryProblems(environment, options.smee) : [],
    ...(file !== undefined && {
      beforehand: (stateDir: string) => receiveFile(file, stateDir),
      whenHeld: () => {
        say(`Put ${file} into the inbox: the event handler that runs already will take it within a minute.`);
        return 0;
      },
    }),
    ...(cron && { whenHeld: leaveToTheOther }),
  } as const;
  return await runDaemon(start, (daemon) => work(options, daemon));
}

/** Puts the event in a file into the inbox. Gives back the exit code if it was received before. */
async function receiveFile(file: string, stateDir: string): Promise<number | undefined> {
  const inbox = await Inbox.open(stateDir);
  const { delivery, newComment } = await readEventFile(file, gitHubWebhooks);
  if ((await inbox.receive(delivery, newComment)) === 'new') return undefined;
  say(`${file} was received before: there is nothing to do.`);
  return 0;
}

async function work(options: Options, daemon: Daemon): Promise<void> {
  const { stateDir } = daemon.settings;
  const relayAddress = relayAddressOf(options);
  const waits = new OutsideWaits();
  const outside = outsideOf(daemon, waits);
  await runEventHandler({
    ...daemon,
    options,
    stateDir,
    inbox: await Inbox.open(stateDir), // only with the lease: another event handler may have received until now
    outside,
    webhooks: gitHubWebhooks,
    waits,
    lookAround: () => lookAtStart(outside, daemon),
    eventsLogDir: resolve('events_log'),
    secrets: webhookSecrets(),
    relay: relayAddress === undefined ? undefined : smeeRelay(relayAddress, gitHubWebhooks),
  });
}

/** Counts commands of users. */
function countCommands(metrics: Metrics): NonNullable<Outside['onCommand']> {
  return (command, result) => metrics.count('build_bot_commands_total', { command, result });
}

/** The tools as the settings in force describe them, built anew when these change. */
function outsideOf(daemon: Daemon, waits: OutsideWaits): () => Promise<Outside> {
  let built: Outside | undefined;
  return async () => {
    const settings = await daemon.settingsFile.current();
    if (built?.settings !== settings) built = await buildOutside(settings, daemon, waits);
    return built;
  };
}

async function buildOutside(settings: Settings, daemon: Daemon, waits: OutsideWaits): Promise<Outside> {
  const { onlyWhileOurs, watchedWhileOurs, buildForge, buildSlurm, metrics } = daemon;
  const { build, github, stateDir } = settings;
  const forge = await buildForge(settings, (wait) => waits.during(wait));
  const ownToken = environment['GITHUB_TOKEN'];
  const git = gitCommands({
    mirrorsDir: join(stateDir, 'mirrors'),
    ...gitHubPlaces({ serverUrl: github.serverUrl, cloneVia: build.cloneVia }),
    withoutHardLinks: ![undefined, userInfo().username].includes(build.jobAccount),
    environments: { local: environments.git, remote: environments['git fetch'] },
    askpassProgram,
    readToken: ownToken ? async () => ownToken : () => forge.readToken(),
  });
  return {
    settings,
    forge,
    git: watchedWhileOurs(git, judgeGit),
    slurm: buildSlurm(settings, (slurm) => waits.around(slurm)),
    ...onlyWhileOurs({ runProgram }),
    environments,
    onCommand: countCommands(metrics),
    ...machineClock,
  };
}

/** Checks git, Slurm and GitHub once at the start; what fails becomes a trouble. */
async function lookAtStart(outside: () => Promise<Outside>, { troubles, log }: Daemon): Promise<void> {
  const { settings, forge, slurm } = await outside();
  const programs = [settings.build.submit, settings.jobManager.poll, settings.jobManager.scontrol];
  await Promise.all([
    lookAround(
      {
        git: () => checkGit(runProgram, environments.git),
        slurm: () => missingPrograms(programs, environments.slurm['PATH'] ?? ''),
      },
      troubles,
      log,
    ),
    forge.readToken().catch(() => {}), // becomes a trouble
    slurm.readQueue().catch(() => {}),
  ]);
}

function webhookSecrets(): WebhookSecrets {
  const previous = environment['GITHUB_APP_SECRET_TOKEN_PREVIOUS'];
  return { current: environment['GITHUB_APP_SECRET_TOKEN'] ?? '', ...(previous && { previous }) };
}

/** Whether deliveries are sent to this process: not with `--file`, `--cron`, or `--pull`. */
const isSentDeliveries = ({ file, cron, pull }: Options) => file === undefined && !cron && pull === undefined;

/** The relay's channel: from the command line, else from the environment, which other accounts cannot read. */
function relayAddressOf({ smee = environment['SMEE_URL'], ...options }: Options): string | undefined {
  return isSentDeliveries(options) && smee ? smee : undefined;
}

const program = new Command('event_handler.sh')
  .description('Receives GitHub deliveries and acts on them: builds, answers, orders deployments.')
  .option('-p, --port <port>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 3000)
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('-f, --file <file>', 'handle one event from a JSON file {"headers": …, "json": …}, then end')
  .option('-c, --cron', 'work off once what is in the inbox and what was missed, then end', false)
  .option('--pull <seconds>', 'open no port: ask GitHub for deliveries every so many seconds', wholeNumber(1, 86_400))
  .addOption(
    new Option(
      '--smee <address>',
      'receive from this channel of a relay too; SMEE_URL in the environment is seen by nobody else',
    ).conflicts(['pull', 'file', 'cron']),
  )
  .addOption(
    new Option('--standby', 'while another event handler runs, wait, and take over when it ends')
      .default(false)
      .conflicts(['file', 'cron']),
  )
  .option('-b, --build', 'no effect; accepted as the Python bot did')
  .option('-t, --test', 'no effect; accepted as the Python bot did');
await runMain(program, main);
