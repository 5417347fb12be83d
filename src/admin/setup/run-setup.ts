import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';
import { installAddress } from '../github-app/install-address.ts';
import { fillInExample } from './fill-in-example.ts';
import { findApp, type KeptApp, type RegisterOptions } from './find-app.ts';
import { findRelay } from './find-relay.ts';
import { installUnits } from './install-units.ts';
import { proposeNodeTypes, sinfoArguments } from './propose-node-types.ts';
import type { Answers } from './questions.ts';
import { secretPlaces } from './secret-places.ts';
import { directoriesOf, reposWithoutBundles, type SiteFacts, siteValues } from './site-values.ts';
import type { SetupTools } from './tools.ts';
import { writeNewFile } from './write-new-file.ts';
import { writeOrCompare } from './write-or-compare.ts';

interface SetupOptions extends RegisterOptions {
  /** For an App with several installations. */
  readonly installation?: number;
}

/** `begun`: somebody has to register or install the App, then run setup again. `environmentFiles`: of the event handler and of the job manager. */
type SetupOutcome =
  | { readonly kind: 'written'; readonly environmentFiles: readonly string[] }
  | { readonly kind: 'begun' };

/** To be filled in: what an upload needs. */
const keysOfUploads = '# AWS_ACCESS_KEY_ID=\n# AWS_SECRET_ACCESS_KEY=\n';

/** Runs the whole setup, from where an earlier run stopped. Throws a sentence that says what to do. */
export async function runSetup(options: SetupOptions, tools: SetupTools): Promise<SetupOutcome> {
  const { say, secretsDirectory } = tools;
  const places = secretPlaces(secretsDirectory, options.answers.name);
  const relay = await findRelay(options.answers.receive, places.relay, tools);
  const app = await findApp(options, relay, places, tools);
  if (app === undefined) return { kind: 'begun' };
  const privateKey = await readFile(places.key, 'utf8');
  const installationId = await findInstallation({ ...app, privateKey }, options.installation, tools);
  if (installationId === undefined) return { kind: 'begun' };
  if (relay !== undefined) await tellRelay(relay, places.environment, say);
  await writeConfiguration(options.answers, { ...app, installationId, keyPath: places.key }, tools);
  if (options.answers.units === 'yes') await installUnits(options.answers, tools);
  await writeNewFile(places.jobManagerEnvironment, keysOfUploads);
  say(
    `Secrets of the event handler: ${places.environment}. Those of the job manager (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) belong in ${places.jobManagerEnvironment}: fill them in before the first upload.`,
  );
  return { kind: 'written', environmentFiles: [places.environment, places.jobManagerEnvironment] };
}

/** An App that was registered earlier, without this relay. */
async function tellRelay(relay: string, environmentFile: string, say: SetupTools['say']): Promise<void> {
  const text = (await readTextIfThere(environmentFile)) ?? '';
  if (text.split('\n').includes(`SMEE_URL=${relay}`)) return;
  say(
    `${environmentFile} stays as it is. To receive from this relay, write this line into it, and this address on the App's page, under Webhook: SMEE_URL=${relay}`,
  );
}

async function findInstallation(
  app: Pick<KeptApp, 'id' | 'page'> & { readonly privateKey: string },
  wanted: number | undefined,
  { say, ask, listInstallations, pause }: SetupTools,
): Promise<number | undefined> {
  let isTold = false;
  for (;;) {
    const installations = await listInstallations(app);
    const fitting = wanted === undefined ? installations : installations.filter(({ id }) => id === wanted);
    const [first, second] = fitting;
    if (second !== undefined) {
      const listed = installations.map(({ id, account }) => `${id} (${account})`).join(', ');
      throw new Error(`the App has several installations: ${listed}; say which by --installation NUMBER`);
    }
    if (first !== undefined) {
      say(`Installed: on ${first.account}, number ${first.id}.`);
      return first.id;
    }
    if (!isTold) say(`Install the App on the repositories that it is to serve: ${installAddress(app.page)}`);
    isTold = true;
    if (ask === undefined) {
      say('Then run setup again.');
      return undefined;
    }
    await pause();
  }
}

async function writeConfiguration(answers: Answers, app: SiteFacts['app'], tools: SetupTools): Promise<void> {
  const { root, directory, say } = tools;
  const directories = directoriesOf(answers);
  for (const path of [...Object.values(directories), answers.shared]) await mkdir(path, { recursive: true });
  const repositories = reposWithoutBundles(await readFile(join(root, 'repos.cfg.example'), 'utf8'));
  const ids = Array.from(repositories.matchAll(/^\[([^\]]+)\]/gm), ([, id = '']) => id);
  const programs = await findSlurm(tools);
  const proposed = await askForNodeTypes(programs['sinfo'], ids, tools);
  const values = siteValues({ answers, app, root, directory, programs, nodeTypes: proposed.nodeTypes });
  const appCfg = fillInExample(await readFile(join(root, 'app.cfg.example'), 'utf8'), values);
  await writeOrCompare(join(directory, 'app.cfg'), appCfg, tools);
  await writeOrCompare(join(directories.bundles, 'repos.cfg'), repositories, tools);
  if (proposed.doubts.length > 0)
    say(['Look at node_type_map in app.cfg:', ...proposed.doubts.map((each) => `- ${each}`)]);
}

const slurmCommands = ['sbatch', 'squeue', 'scontrol', 'scancel', 'sacct', 'sinfo'] as const;

async function findSlurm({ findProgram, searchPath, say }: SetupTools): Promise<Readonly<Record<string, string>>> {
  const programs: Record<string, string> = {};
  for (const command of slurmCommands) {
    const path = await findProgram(command, searchPath);
    if (path !== undefined) programs[command] = path;
  }
  const missing = slurmCommands.filter((command) => programs[command] === undefined);
  if (missing.length > 0)
    say(
      `Not in PATH: ${missing.join(', ')}. Where app.cfg needs one it has /usr/bin/${missing[0]} and the like: write where it is.`,
    );
  return programs;
}

async function askForNodeTypes(
  sinfo: string | undefined,
  repositories: readonly string[],
  { runProgram, environment, machine }: SetupTools,
): Promise<ReturnType<typeof proposeNodeTypes>> {
  const nothing = (why: string) => ({
    nodeTypes: {},
    doubts: [`no node type is written, since ${why}: write one for each kind of node, as app.cfg.example shows`],
  });
  if (sinfo === undefined) return nothing('sinfo is not in PATH');
  const result = await runProgram(
    { program: sinfo, arguments: [...sinfoArguments] },
    { environment, timeoutMilliseconds: 60_000 },
  );
  if (result.kind !== 'exited' || result.code !== 0) return nothing(whyProgramFailed('sinfo', result));
  const proposed = proposeNodeTypes(result.stdout, machine, repositories);
  return Object.keys(proposed.nodeTypes).length > 0 ? proposed : nothing('sinfo shows no partition that is up');
}
