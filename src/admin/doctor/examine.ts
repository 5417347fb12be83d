import { access, constants, stat } from 'node:fs/promises';
import { readConfiguration } from '../../settings/check-configuration.ts';
import { findPlaces } from '../../settings/find-places.ts';
import type { Settings } from '../../settings/settings.ts';
import { wordsOf } from '../../words-of.ts';
import { daemonNames } from '../daemons/daemon-names.ts';
import { type Finding, type Group, groups, notLookedAt } from './finding.ts';
import { judgeConfiguration } from './judge-configuration.ts';
import { judgeEnvironment, variablesOfFiles } from './judge-environment.ts';
import { judgeMachine } from './judge-machine.ts';
import { type Look, takeLooks } from './look.ts';
import { lookAtBundle } from './look-at-bundle.ts';
import { environmentOfDaemon, lookAtDaemon } from './look-at-daemons.ts';
import { lookAtPlace, lookAtUse, writtenPlaces } from './look-at-files.ts';
import { lookAtGitHub } from './look-at-github.ts';
import { lookAtMachine } from './look-at-machine.ts';
import { lookAtRedelivery } from './look-at-redelivery.ts';
import { lookAtRelay } from './look-at-relay.ts';
import { lookAtCommands, lookAtNodeType, lookAtQueue } from './look-at-slurm.ts';
import { lookAtUpload } from './look-at-upload.ts';
import { lookAtPort, lookAtWebhook } from './look-at-webhook.ts';
import type { DoctorTools } from './tools.ts';

interface Environment {
  readonly whose: string;
  readonly environment: DoctorTools['environment'];
}

/** Looks at everything that a site needs, each look with its time limit. Changes nothing, but for what `--upload` was told to. */
export async function examine(tools: DoctorTools): Promise<readonly Finding[]> {
  const { appCfgPath, environment, workingDirectory } = tools;
  const { reading, problems, warnings } = await readConfiguration(tools);
  const places = await findPlaces(appCfgPath, environment, workingDirectory);
  const stateDir = places?.stateDir;
  const ofDaemon = stateDir === undefined ? undefined : await environmentOfDaemon(stateDir).catch(() => undefined); // told below
  const seen: Environment = ofDaemon ?? { whose: 'this shell', environment };
  const looks: Look[] = [
    lookFor('machine/git', 60, async () => judgeMachine(await lookAtMachine(tools))),
    ...(stateDir === undefined ? [] : looksAtDaemons(stateDir)),
    ...(reading.kind === 'settings' ? looksWith(reading.settings, seen, tools) : []),
  ];
  const unseen = groups.slice(groups.indexOf('files')).filter((group) => group !== 'state');
  const without = reading.kind === 'settings' ? [] : unseen.map((group) => withoutSettings(group, appCfgPath));
  return [...judgeConfiguration(appCfgPath, problems, warnings), ...(await takeLooks(looks)), ...without];
}

const lookFor = (name: Look['name'], withinSeconds: number, look: Look['look']): Look => ({
  name,
  withinSeconds,
  look,
});

const withoutSettings = (group: Group, appCfgPath: string) =>
  notLookedAt(`${group}/all`, `${appCfgPath} is not valid, see configuration`);

const looksAtDaemons = (stateDir: string): Look[] =>
  daemonNames.map((name) => lookFor(`state/${name}`, 20, () => lookAtDaemon(stateDir, name)));

function looksWith(settings: Settings, seen: Environment, tools: DoctorTools): Look[] {
  const { stateDir, github, nodeTypes, repositories } = settings;
  const { webhooks, mayPing } = tools;
  const address = seen.environment['SMEE_URL'];
  const places = Object.entries(writtenPlaces(settings));
  const bundles = [...new Set(nodeTypes.flatMap((each) => each.repositories))];
  const secrets = {
    current: seen.environment['GITHUB_APP_SECRET_TOKEN'] ?? '',
    previous: seen.environment['GITHUB_APP_SECRET_TOKEN_PREVIOUS'] ?? '',
  };
  const client = tools.gitHubOf(settings);
  client.catch(() => {}); // told by the looks
  return [
    lookFor('environment/set', 20, () => lookAtEnvironment(settings, seen)),
    ...places.map(([setting, path]) => lookFor(`files/${setting}`, 30, () => lookAtPlace(setting, path))),
    ...bundles.map((id) => lookFor(`files/bundle of ${id}`, 40, () => lookAtBundle(id, repositories, tools))),
    lookFor('files/in-use', 30, () => lookAtUse(settings, tools)),
    lookFor('GitHub/reach', 60, async () => lookAtGitHub(await client, { ...github, ...settings.control })),
    lookFor('webhook/address', 60, async () => {
      return await lookAtWebhook(await client, webhooks, stateDir, secrets, Date.now()).catch((error: unknown) => [
        notLookedAt('webhook/address', `GitHub does not show it: ${wordsOf(error)}`),
      ]);
    }),
    lookFor('webhook/relay', 60, async () => lookAtRelay(address, stateDir, await client, tools)),
    lookFor('webhook/redelivery', 60, async () => {
      const relay = address ? tools.openRelay(address) : undefined;
      return await lookAtRedelivery({ view: await client, webhooks, stateDir, secrets, mayPing, relay });
    }),
    lookFor('webhook/port', 20, () => lookAtPort(stateDir, tools.host, tools.port)),
    lookFor('Slurm/sbatch', 40, () => lookAtCommands(settings, tools)),
    lookFor('Slurm/queue', 60, () => lookAtQueue(settings, tools)),
    ...nodeTypes.map((each) => lookFor(`Slurm/${each.name}`, 40, () => lookAtNodeType(each, settings, tools))),
    lookFor('upload/credentials', 90, () => lookAtUpload(settings, seen.whose, tools)),
  ];
}

async function lookAtEnvironment(
  { github }: Settings,
  { whose, environment }: Environment,
): Promise<readonly Finding[]> {
  const { apiUrl, serverUrl } = github;
  const unusable: Record<string, string> = {};
  for (const variable of variablesOfFiles) {
    const path = environment[variable];
    const why = path ? await whyUnusable(path) : undefined;
    if (why !== undefined) unusable[variable] = `${path}: ${why}`;
  }
  return judgeEnvironment({ whose, environment, unusableFiles: unusable, apiUrl, serverUrl });
}

async function whyUnusable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.R_OK);
    return (await stat(path)).isFile() ? undefined : 'is no file';
  } catch (error) {
    return wordsOf(error);
  }
}
