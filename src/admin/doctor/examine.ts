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
    { name: 'machine/git', withinSeconds: 60, look: async () => judgeMachine(await lookAtMachine(tools)) },
    ...(stateDir === undefined ? [] : looksAtDaemons(stateDir)),
    ...(reading.kind === 'settings' ? looksWith(reading.settings, seen, tools) : []),
  ];
  const unseen = groups.slice(groups.indexOf('files')).filter((group) => group !== 'state');
  const without = reading.kind === 'settings' ? [] : unseen.map((group) => withoutSettings(group, appCfgPath));
  return [...judgeConfiguration(appCfgPath, problems, warnings), ...(await takeLooks(looks)), ...without];
}

const withoutSettings = (group: Group, appCfgPath: string) =>
  notLookedAt(`${group}/all`, `${appCfgPath} is not valid, see configuration`);

const looksAtDaemons = (stateDir: string): Look[] =>
  daemonNames.map((name) => ({ name: `state/${name}`, withinSeconds: 20, look: () => lookAtDaemon(stateDir, name) }));

function looksWith(settings: Settings, seen: Environment, tools: DoctorTools): Look[] {
  const { stateDir, github, nodeTypes, repositories } = settings;
  const places = Object.entries(writtenPlaces(settings));
  const secrets = {
    current: seen.environment['GITHUB_APP_SECRET_TOKEN'] ?? '',
    previous: seen.environment['GITHUB_APP_SECRET_TOKEN_PREVIOUS'] ?? '',
  };
  const client = tools.gitHubOf(settings);
  client.catch(() => {}); // told by the looks
  return [
    { name: 'environment/set', withinSeconds: 20, look: () => lookAtEnvironment(settings, seen) },
    ...places.map(
      ([setting, path]): Look => ({
        name: `files/${setting}`,
        withinSeconds: 30,
        look: () => lookAtPlace(setting, path),
      }),
    ),
    ...[...new Set(nodeTypes.flatMap((each) => each.repositories))].map(
      (id): Look => ({
        name: `files/bundle of ${id}`,
        withinSeconds: 40,
        look: () => lookAtBundle(id, repositories, tools),
      }),
    ),
    { name: 'files/in-use', withinSeconds: 30, look: () => lookAtUse(settings, tools) },
    {
      name: 'GitHub/reach',
      withinSeconds: 60,
      look: async () => lookAtGitHub(await client, { ...github, ...settings.control }),
    },
    {
      name: 'webhook/address',
      withinSeconds: 60,
      look: async () => {
        return await lookAtWebhook(await client, tools.webhooks, stateDir, secrets, Date.now()).catch(
          (error: unknown) => [notLookedAt('webhook/address', `GitHub does not show it: ${wordsOf(error)}`)],
        );
      },
    },
    {
      name: 'webhook/relay',
      withinSeconds: 60,
      look: async () => lookAtRelay(seen.environment['SMEE_URL'], stateDir, await client, tools),
    },
    {
      name: 'webhook/redelivery',
      withinSeconds: 60,
      look: async () => {
        const address = seen.environment['SMEE_URL'];
        const relay = address ? tools.openRelay(address) : undefined;
        const { mayPing, webhooks } = tools;
        return await lookAtRedelivery({ view: await client, webhooks, stateDir, secrets, mayPing, relay });
      },
    },
    { name: 'webhook/port', withinSeconds: 20, look: () => lookAtPort(stateDir, tools.host, tools.port) },
    { name: 'Slurm/sbatch', withinSeconds: 40, look: () => lookAtCommands(settings, tools) },
    { name: 'Slurm/queue', withinSeconds: 60, look: () => lookAtQueue(settings, tools) },
    ...nodeTypes.map(
      (nodeType): Look => ({
        name: `Slurm/${nodeType.name}`,
        withinSeconds: 40,
        look: () => lookAtNodeType(nodeType, settings, tools),
      }),
    ),
    { name: 'upload/credentials', withinSeconds: 90, look: () => lookAtUpload(settings, seen.whose, tools) },
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
