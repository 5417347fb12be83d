import { access, constants, stat } from 'node:fs/promises';
import { environmentsOf } from '../../outside/processes/child-environment.ts';
import { readConfiguration } from '../../settings/check-configuration.ts';
import { findPlaces } from '../../settings/find-places.ts';
import { howToSet } from '../../settings/how-to-set.ts';
import { loadSettings } from '../../settings/load-settings.ts';
import type { Settings } from '../../settings/settings.ts';
import { wordsOf } from '../../words-of.ts';
import { daemonNames } from '../daemons/daemon-names.ts';
import type { WaysIn } from '../daemons/ways-in.ts';
import { type Finding, type Group, groups, notLookedAt } from './finding.ts';
import { judgeConfiguration } from './judge-configuration.ts';
import { judgeEnvironment, type SeenEnvironment, variablesOfFiles } from './judge-environment.ts';
import { judgeMachine } from './judge-machine.ts';
import type { HeardRelay } from './judge-relay.ts';
import { type Look, takeLooks } from './look.ts';
import { lookAtBundle } from './look-at-bundle.ts';
import { environmentsOfDaemons, lookAtDaemon } from './look-at-daemons.ts';
import { lookAtPlace, lookAtUse, writtenPlaces } from './look-at-files.ts';
import { lookAtGitHub } from './look-at-github.ts';
import { lookAtMachine } from './look-at-machine.ts';
import { lookAtRedelivery } from './look-at-redelivery.ts';
import { lookAtRelay } from './look-at-relay.ts';
import { lookAtCommands, lookAtNodeType, lookAtQueue } from './look-at-slurm.ts';
import { lookAtUpload } from './look-at-upload.ts';
import { lookAtPort, lookAtWebhook } from './look-at-webhook.ts';
import type { Side } from './side.ts';
import type { DoctorTools } from './tools.ts';

/** Looks at everything that a site needs, each look with its time limit. Changes nothing, but for what `--upload` was told to. */
export async function examine(tools: DoctorTools): Promise<readonly Finding[]> {
  const { appCfgPath, environment, workingDirectory } = tools;
  const places = await findPlaces(appCfgPath, environment, workingDirectory);
  const stateDir = places?.stateDir;
  const seen = await environmentsOfDaemons(stateDir, environment);
  const ofEventHandler = toolsWith(seen.event_handler, tools);
  const { reading, problems, warnings } = await readConfiguration(ofEventHandler);
  const looksOfSite = async (settings: Settings) => {
    const { whose, ways } = seen.event_handler;
    const eventHandler = { whose, settings, tools: ofEventHandler, ...(ways && { ways }) };
    const isOne = seen.job_manager === seen.event_handler;
    const jobManager = isOne ? eventHandler : await sideOfJobManager(seen.job_manager, settings, tools);
    return looksWith(eventHandler, jobManager, environment);
  };
  const looks: Look[] = [
    lookFor('machine/git', 60, async () => judgeMachine(await lookAtMachine(ofEventHandler))),
    ...(stateDir === undefined ? [] : looksAtDaemons(stateDir)),
    ...(reading.kind === 'settings' ? await looksOfSite(reading.settings) : []),
  ];
  const unseen = groups.slice(groups.indexOf('files')).filter((group) => group !== 'state');
  const without = reading.kind === 'settings' ? [] : unseen.map((group) => withoutSettings(group, appCfgPath));
  return [...judgeConfiguration(appCfgPath, problems, warnings), ...(await takeLooks(looks)), ...without];
}

const toolsWith = ({ environment }: SeenEnvironment, tools: DoctorTools): DoctorTools =>
  environment === tools.environment ? tools : { ...tools, environment, environments: environmentsOf(environment) };

const lookFor = (name: Look['name'], withinSeconds: number, look: Look['look']): Look => ({
  name,
  withinSeconds,
  look,
});

const withoutSettings = (group: Group, appCfgPath: string) =>
  notLookedAt(`${group}/all`, `${appCfgPath} is not valid, see configuration`);

const looksAtDaemons = (stateDir: string): Look[] =>
  daemonNames.map((name) => lookFor(`state/${name}`, 20, () => lookAtDaemon(stateDir, name)));

/** The two are one where no daemon runs, or the job manager alone. */
function looksWith(eventHandler: Side, jobManager: Side, shell: DoctorTools['environment']): Look[] {
  const { settings, tools, ways } = eventHandler;
  const { environment } = tools;
  const { stateDir, github, nodeTypes, repositories } = settings;
  const { webhooks, mayPing } = tools;
  const relay = relayOf(environment, ways);
  const { host = ways?.host ?? '127.0.0.1', port = ways?.port || 3000 } = tools;
  const places = Object.entries(writtenPlaces(settings));
  const bundles = [...new Set(nodeTypes.flatMap((each) => each.repositories))];
  const secrets = {
    current: environment['GITHUB_APP_SECRET_TOKEN'] ?? '',
    previous: environment['GITHUB_APP_SECRET_TOKEN_PREVIOUS'] ?? '',
  };
  const client = tools.gitHubOf(settings);
  client.catch(() => {}); // told by the looks
  return [
    lookFor('environment/set', 20, () => lookAtEnvironment(eventHandler, jobManager, shell)),
    ...places.map(([setting, path]) => lookFor(`files/${setting}`, 30, () => lookAtPlace(setting, path))),
    ...bundles.map((id) => lookFor(`files/bundle of ${id}`, 40, () => lookAtBundle(id, repositories, tools))),
    lookFor('files/in-use', 30, () => lookAtUse(settings, tools)),
    lookFor('GitHub/reach', 60, async () => lookAtGitHub(await client, { ...github, ...settings.control })),
    lookFor('webhook/address', 60, async () => {
      return await lookAtWebhook(await client, webhooks, settings, secrets, ways, Date.now()).catch(
        (error: unknown) => [notLookedAt('webhook/address', `GitHub does not show it: ${wordsOf(error)}`)],
      );
    }),
    lookFor('webhook/relay', 60, async () => lookAtRelay(relay, stateDir, await client, tools)),
    lookFor('webhook/redelivery', 60, async () => {
      if (ways?.asksItself) return [notLookedAt('webhook/redelivery', readsTheList)];
      const heard = relay.address ? tools.openRelay(relay.address) : undefined;
      return await lookAtRedelivery({ view: await client, webhooks, stateDir, secrets, mayPing, relay: heard });
    }),
    lookFor('webhook/port', 20, async () =>
      ways?.asksItself ? [notLookedAt('webhook/port', readsTheList)] : await lookAtPort(stateDir, host, port),
    ),
    lookFor('Slurm/sbatch', 40, () => lookAtCommands(eventHandler, jobManager)),
    lookFor('Slurm/queue', 60, () => lookAtQueue(jobManager)),
    ...nodeTypes.map((each) => lookFor(`Slurm/${each.name}`, 40, () => lookAtNodeType(each, settings.build, tools))),
    lookFor('upload/credentials', 90, () => lookAtUpload(jobManager.settings, jobManager.whose, jobManager.tools)),
  ];
}

const readsTheList = 'the event handler asks GitHub itself, and opens no port';

/** The relay that an event handler hears with this environment and these options. */
function relayOf(environment: DoctorTools['environment'], ways: WaysIn = { asksItself: false }): HeardRelay {
  if (ways.asksItself) return { setBy: '--pull', address: undefined };
  if (ways.smee !== undefined) return { setBy: '--smee', address: ways.smee };
  return { setBy: 'SMEE_URL', address: environment['SMEE_URL'] };
}

/** The settings as the job manager reads them: variables in them are its own. */
async function sideOfJobManager(seen: SeenEnvironment, settings: Settings, shell: DoctorTools): Promise<Side> {
  const tools = toolsWith(seen, shell);
  const reading = await loadSettings(tools.appCfgPath, tools.environment, tools.workingDirectory);
  return { whose: seen.whose, settings: reading.kind === 'settings' ? reading.settings : settings, tools };
}

async function lookAtEnvironment(
  eventHandler: Side,
  jobManager: Side,
  shell: DoctorTools['environment'],
): Promise<readonly Finding[]> {
  const own = await environmentFacts(eventHandler);
  return jobManager === eventHandler
    ? judgeEnvironment([own], shell)
    : judgeEnvironment([own, await environmentFacts(jobManager)], shell);
}

async function environmentFacts({ whose, settings, tools: { environment }, ways }: Side) {
  const { apiUrl, serverUrl } = settings.github;
  const unusableFiles: Record<string, string> = {};
  for (const variable of variablesOfFiles) {
    const path = environment[variable];
    const why = path ? await whyUnusable(path) : undefined;
    if (why !== undefined) unusableFiles[variable] = `${path}: ${why}`;
  }
  const howToSetSecret = await howToSet(['GITHUB_APP_SECRET_TOKEN'], environment);
  return { whose, environment, unusableFiles, howToSetSecret, apiUrl, serverUrl, ...(ways && { ways }) };
}

async function whyUnusable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.R_OK);
    return (await stat(path)).isFile() ? undefined : 'is no file';
  } catch (error) {
    return wordsOf(error);
  }
}
