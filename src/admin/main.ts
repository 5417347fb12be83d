import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { botVersion } from '../daemon/bot-version.ts';
import { refuseNewerState } from '../daemon/state-format.ts';
import { complain, refuse, say, sayJson } from '../daemon/terminal.ts';
import { wholeNumber } from '../daemon/whole-number.ts';
import { readSeal } from '../jobs/begin-sealed.ts';
import { ledgerPath, readLedgerChain } from '../jobs/ledger.ts';
import { knowsSeals, sealSetAside } from '../jobs/seal-files.ts';
import { drop, type Named, replay } from '../jobs/set-aside.ts';
import { useSeal } from '../outside/files/seal.ts';
import { gitHubWebhooks } from '../outside/forge/github/github-webhooks.ts';
import { octokitAppView } from '../outside/forge/github/octokit-app-view.ts';
import { checkGit } from '../outside/git/check-git-version.ts';
import { openProgramClone } from '../outside/git/program-clone.ts';
import { environmentsOf } from '../outside/processes/child-environment.ts';
import { findProgram } from '../outside/processes/find-program.ts';
import { runProgram } from '../outside/processes/run-program.ts';
import { smeeRelay } from '../outside/relay/smee-relay.ts';
import { slurmCommands } from '../outside/slurm/slurm-commands.ts';
import { slurmOptionsOf } from '../outside/slurm/slurm-options-of.ts';
import { checkConfiguration, readConfiguration } from '../settings/check-configuration.ts';
import { describeProblem } from '../settings/describe-problem.ts';
import { type BotPlaces, findPlaces, placesFrom, whyNotFound } from '../settings/find-places.ts';
import { forgeAddress } from '../settings/forge-address.ts';
import { loadSettings } from '../settings/load-settings.ts';
import { lookAtPlaces } from '../settings/look-at-places.ts';
import type { Problem, Settings } from '../settings/settings.ts';
import { readOnly } from '../settings/tell-read-only.ts';
import { wordsOf } from '../words-of.ts';
import { addDaemonCommands } from './daemons/add-daemon-commands.ts';
import { tellDaemonsOf } from './daemons/tell-daemons-of.ts';
import { examine } from './doctor/examine.ts';
import { statusOf, tellFindings } from './doctor/tell-findings.ts';
import type { DoctorTools } from './doctor/tools.ts';
import { readFacts } from './read-facts.ts';
import { type ResealOptions, resealAll } from './reseal.ts';
import { addSetupCommand } from './setup/setup-command.ts';
import { tellLedger } from './tell-ledger.ts';
import { tellStatus } from './tell-status.ts';
import { addUpgradeCommand } from './upgrade/upgrade-command.ts';

interface Options {
  readonly config: string;
  readonly json: boolean;
}

async function withSettings(
  options: Options,
  act: (settings: Settings) => Promise<number>,
  otherwise = async (_problems: readonly Problem[]) => {},
): Promise<void> {
  const reading = await loadSettings(options.config, process.env, process.cwd());
  if (reading.kind === 'settings') {
    process.exitCode = await act(reading.settings);
    return;
  }
  for (const problem of reading.problems) complain(`error: ${describeProblem(problem)}`);
  await tellDaemonsOf(options.config);
  process.exitCode = 2;
  await otherwise(reading.problems);
}

/** The check of the daemons, without starting one. */
async function check(appCfgPath: string, json: boolean): Promise<number> {
  const files = { appCfgPath, environment: process.env, workingDirectory: process.cwd() };
  const further = await problemsOfState(appCfgPath);
  const programs = { runProgram, environment: environments.tool };
  if (!json) {
    const checked = await checkConfiguration(files, further);
    if (checked === undefined) return 2;
    for (const warning of await lookAtPlaces(checked.settings, files, programs)) complain(`warning: ${warning}`);
    return 0;
  }
  const { reading, problems, warnings } = await readConfiguration(files, further);
  const open = reading.kind === 'settings' ? await lookAtPlaces(reading.settings, files, programs) : [];
  const ofPlaces = open.map((message) => ({ file: 'places', message }));
  sayJson({ ok: problems.length === 0, problems, warnings: [...warnings, ...ofPlaces] });
  return problems.length === 0 ? 0 : 2;
}

/** A state directory of a newer version: the daemons would refuse it. */
async function problemsOfState(appCfgPath: string): Promise<Problem[]> {
  const places = await findPlaces(appCfgPath, process.env, process.cwd());
  const newer = places && (await refuseNewerState(places.stateDir));
  return newer === undefined ? [] : [{ file: appCfgPath, section: 'bot_control', key: 'state_dir', message: newer }];
}

const environments = environmentsOf(process.env);

const requestMilliseconds = 15_000;
const slurmMilliseconds = 30_000;

function doctorTools(given: Pick<DoctorTools, 'appCfgPath' | 'host' | 'port' | 'mayUpload' | 'mayPing'>): DoctorTools {
  return {
    ...given,
    environment: process.env,
    environments,
    workingDirectory: process.cwd(),
    runProgram,
    checkGit: (environment) => checkGit(runProgram, environment),
    webhooks: gitHubWebhooks,
    openRelay: (address) => smeeRelay(address, gitHubWebhooks),
    slurmMilliseconds,
    slurmOf: (settings, children) =>
      slurmCommands({ ...slurmOptionsOf(settings, children), timeoutMilliseconds: slurmMilliseconds }),
    gitHubOf: async ({ github }) => {
      const privateKey = await readFile(github.privateKeyPath, 'utf8');
      return octokitAppView({ ...github, privateKey }, requestMilliseconds);
    },
  };
}

/** Looks at what setup has written, with the secrets that it has put aside. */
async function examineSetUp(environmentFiles: readonly string[]): Promise<number> {
  const texts = await Promise.all(environmentFiles.map((file) => readFile(file, 'utf8')));
  const secrets = parseEnv(texts.join('\n'));
  const environment = { ...process.env, ...secrets };
  const site = { appCfgPath: 'app.cfg', mayUpload: false, mayPing: false };
  const findings = await examine({ ...doctorTools(site), environment });
  say(tellFindings(findings));
  return statusOf(findings);
}

async function status(places: BotPlaces, json: boolean, invalid?: string): Promise<number> {
  const now = new Date();
  const seal = await readSeal(places.privateKeyPath ?? '').catch((error: unknown) => {
    complain(`The records of jobs are not looked at, since private_key cannot be used: ${wordsOf(error)}`);
    return undefined;
  });
  if (seal !== undefined) useSeal(seal);
  const isSealed = await knowsSeals(places.stateDir);
  if (!isSealed) complain('The records of jobs are not looked at: they get their seals when both daemons are started.');
  const facts = await readFacts(places, now, seal !== undefined && isSealed);
  const { needsHuman, lines } = tellStatus(facts, now, invalid);
  if (json) sayJson({ ok: needsHuman.length === 0, needsHuman, ...facts });
  else say(lines);
  return needsHuman.length === 0 ? 0 : 1;
}

/** `file`: a copy, which needs no configuration. */
async function verifyLedger(file: string | undefined, noted: string | undefined, options: Options): Promise<number> {
  const places = file === undefined ? await findPlaces(options.config, process.env, process.cwd()) : undefined;
  const path = file ?? (places && ledgerPath(places.stateDir));
  if (path === undefined) {
    const why = await whyNotFound('the ledger is', 'state_dir', options.config, process.cwd());
    complain(`error: ${why}; or name a copy of the ledger: ledger verify FILE`);
    return 2;
  }
  const chain = await readLedgerChain(path);
  if (chain === undefined && file !== undefined) {
    complain(`error: there is no ${path}`);
    return 2;
  }
  const { lines, ...verdict } = tellLedger(path, chain ?? { entries: [], broken: [], hashes: [] }, noted);
  if (options.json) sayJson({ path, ...verdict });
  else say(lines);
  return verdict.ok ? 0 : 1;
}

const examples = `
Examples:
  ./bot.sh setup                          from nothing to files that the daemons start with
  ./bot.sh check                          is app.cfg valid?
  ./bot.sh doctor                         what is wrong, and what mends it?
  ./bot.sh start                          both daemons, in the background
  ./bot.sh restart job_manager            one of them, with the settings and the program of now
  ./bot.sh start event_handler --event-handler-opts '--pull 30'
  ./bot.sh status                         what runs, what waits, what needs a human
  ./bot.sh logs -f                        both logs, as they grow
  ./bot.sh upgrade                        the newest version, then both daemons again
  ./bot.sh replay NAME                    once more what was set aside; status lists it

Exit status: 0 done, or all is fine; 1 not; 2 the configuration or the command line is not valid.`;

function hash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text;
  throw new InvalidArgumentError('It must be a SHA-256 in 64 hexadecimal digits.');
}

type Outcome = Awaited<ReturnType<typeof replay | typeof drop>>;

/** Prints the outcome of `replay` or `drop`. */
function tell(outcome: Outcome, name: string, json: boolean): number {
  if (json) sayJson(outcome);
  else say(sentenceOf(outcome, name));
  return ['unknown', 'ambiguous', 'damaged', 'another'].includes(outcome.kind) ? 1 : 0;
}

function sentenceOf(outcome: Outcome, name: string): string | readonly string[] {
  switch (outcome.kind) {
    case 'put back':
      return `Put back: ${outcome.path} is taken up again by its daemon, if that runs, in the next minute or interval of the queue.`;
    case 'given up':
      return `Given up: ${outcome.path} is left as if it were done.`;
    case 'removed':
      return `Removed: ${outcome.path}, which was damaged. What GitHub still lists of it was fetched anew.`;
    case 'waiting':
      return `It waits already: ${outcome.path}.`;
    case 'done':
      return `It is done: ${outcome.path}.`;
    case 'damaged':
      return `${outcome.path} is damaged and cannot be handled. What GitHub still lists of it was fetched anew; drop it.`;
    case 'another':
      return `${outcome.path} is another job with the same number: it has to end first. Try again then.`;
    case 'unknown':
      return `Nothing that was set aside is called ${name}; status lists what is.`;
    case 'ambiguous':
      return ['Several have this name; name one of them:', ...outcome.names];
  }
}

const program = new Command('bot.sh')
  .description('The program for admins: run it in the directory of app.cfg. Only upgrade installs.')
  .version(botVersion)
  .addHelpText('after', examples)
  .showHelpAfterError('Help: ./bot.sh --help; of one command: ./bot.sh COMMAND --help') // inherited
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
const common = (command: Command) =>
  command.option('--config <file>', 'the configuration file', 'app.cfg').option('--json', 'print JSON', false);
common(program.command('check'))
  .description('app.cfg and repos.cfg: all problems at once, as the daemons see them; exit status 0: valid, 2: not')
  .action(async ({ config, json }: Options) => {
    process.exitCode = await check(config, json);
  });
common(program.command('doctor'))
  .description(
    'looks at all that the bot needs, and says what is wrong and what mends it; exit status 0: nothing, 1: something',
  )
  .option('--host <host>', 'where the event handler listens (default: where it does, else 127.0.0.1)')
  .option('-p, --port <port>', 'its port (default: that of the one that runs, else 3000)', wholeNumber(1, 65_535))
  .option('--upload', 'puts a probe into the bucket, reads it back and removes it', false)
  .option('--ping', 'has GitHub send once more what the event handler has had already, and follows it', false)
  .action(async (options: Options & { host?: string; port?: number; upload: boolean; ping: boolean }) => {
    const { config, json, upload, ping } = options;
    const findings = await examine(doctorTools({ ...options, appCfgPath: config, mayUpload: upload, mayPing: ping }));
    if (json) sayJson({ ok: statusOf(findings) === 0, findings });
    else say(tellFindings(findings));
    await tellDaemonsOf(config);
    // What hangs, a file system that is away for instance, must not keep it.
    process.exit(statusOf(findings));
  });
common(program.command('status'))
  .description('one screen; exit status 0: fine, 1: something needs a human, 2: the configuration is not valid')
  .action(async (options: Options) => {
    await withSettings(
      options,
      (settings) => status(placesFrom(settings), options.json),
      async (problems) => {
        const places = await findPlaces(options.config, process.env, process.cwd());
        if (places === undefined) return;
        const isReadOnly = problems.every((problem) => problem.isReadOnly);
        const what = isReadOnly ? `what ${options.config} names ${readOnly}` : `${options.config} is not valid`;
        const invalid = `${what}: daemons that run go on with what they have read before`;
        complain(`${invalid}.`);
        await status(places, options.json, invalid);
      },
    );
  });
addDaemonCommands(program, runProgram);
const apiUrl = forgeAddress(process.env, 'GITHUB_API_URL');
const serverUrl = forgeAddress(process.env, 'GITHUB_SERVER_URL');
const listInstallations = ({ id, privateKey }: { readonly id: number; readonly privateKey: string }) =>
  octokitAppView({ appId: id, privateKey, apiUrl }, requestMilliseconds).listInstallations();
addSetupCommand(
  program,
  { runProgram, findProgram, environment: environments.slurm, listInstallations, apiUrl, serverUrl },
  examineSetUp,
);
const root = join(import.meta.dirname, '../..');
addUpgradeCommand(program, { root, runProgram, clone: openProgramClone(root, environments['git fetch']) });
common(program.command('reseal'))
  .description('after a change of the App key, or after an older version ran: seals anew what the daemons act by')
  .option('--previous-key <file>', 'the previous key of the App: what it sealed is sealed anew')
  .option('--trust-all', 'seals every file as it is; look at them first', false)
  .action(async (options: Options & ResealOptions) =>
    withSettings(options, (settings) => resealAll(settings, options)),
  );
common(program.command('ledger').description('what was deployed').command('verify'))
  .description(
    'whether each line of the ledger follows from the one before; exit status 0: yes, 1: no, 2: there is nothing to look at',
  )
  .argument('[file]', 'a copy of it; else that of state_dir')
  .option('--noted <sha256>', 'of a line, as an earlier verify printed it: all until there has to be as it was', hash)
  .action(async (file: string | undefined, options: Options & { readonly noted?: string }) => {
    process.exitCode = await verifyLedger(file, options.noted, options);
  });
const forOne = (command: string, description: string) =>
  common(program.command(command))
    .description(description)
    .argument('<name>', 'its name, or a unique part of it; for a job its id');
forOne('replay', 'retries a delivery, an order or a job that was set aside; steps that were done are not repeated')
  .option('--reseal', 'trusts its file as it is, though not the bot wrote it', false)
  .action(async (name: string, options: Options & { readonly reseal: boolean }) =>
    withSettings(options, async ({ stateDir, jobManager: { jobIdsDir }, github: { privateKeyPath } }) => {
      const seal = options.reseal ? await readSeal(privateKeyPath) : undefined;
      const prepare = async (named: Named) => {
        if (seal !== undefined) await sealSetAside(named, stateDir, seal);
      };
      const outcome = await replay(stateDir, jobIdsDir, name, prepare);
      if (seal !== undefined && outcome.kind === 'waiting' && !options.json)
        say('Sealed as it is; the daemon reads it again in the next minute, or interval of the queue.');
      return tell(outcome, name, options.json);
    }),
  );
forOne('drop', 'gives up what was set aside: it is neither retried nor fetched again').action(
  async (name: string, options: Options) =>
    withSettings(options, async ({ stateDir, jobManager: { jobIdsDir } }) => {
      const outcome = await drop(stateDir, jobIdsDir, name);
      const status = tell(outcome, name, options.json);
      if (outcome.kind !== 'waiting') return status;
      complain('Only what was set aside can be dropped: this one is still retried, and was left as it is.');
      return 1;
    }),
);
await program.parseAsync().catch((error: Error) => {
  process.exitCode = refuse(error.message, 2);
});
