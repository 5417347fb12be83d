import { resolve } from 'node:path';
import { chatLevels } from './chat-levels.ts';
import { checkNewer } from './check-newer.ts';
import { ConfigFile, type FileText } from './config-file.ts';
import { defaultTexts } from './default-texts.ts';
import { type Dialect, dialects } from './dialects.ts';
import type { Environment } from './environment.ts';
import { forgeAddress } from './forge-address.ts';
import { knownSettings, neededPaths } from './known-settings.ts';
import { readBuild } from './read-build.ts';
import { readDeploy } from './read-deploy.ts';
import { readJobManager } from './read-job-manager.ts';
import { checkMetricsPlaces, readMetricsPlace } from './read-metrics-place.ts';
import { readNodeTypes } from './read-node-types.ts';
import { type ReadReposCfg, readRepositories } from './read-repositories.ts';
import { readTexts } from './read-texts.ts';
import {
  type Reading,
  readAccounts,
  readBoolean,
  readChoice,
  readId,
  readLimit,
  readPath,
  readSeconds,
  readText,
} from './reading.ts';
import { type GitHubSettings, logFormats, type Settings, type SettingsReading } from './settings.ts';
import { warnOfMismatches } from './warn-of-mismatches.ts';

/** The sources of the settings. */
interface SettingsSource {
  readonly appCfg: FileText;
  readonly readReposCfg: ReadReposCfg;
  readonly environment: Environment;
  /** Where relative paths start. Absolute. */
  readonly workingDirectory: string;
}

/** Settings or all problems, and the paths and programs among them for the check against the disk. */
type PureReading = SettingsReading & Pick<Reading, 'paths' | 'programs'>;

/** Reads app.cfg and repos.cfg of any generation. loadSettings checks them against the disk. */
export function readSettings(source: SettingsSource): PureReading {
  const { environment, workingDirectory } = source;
  const file = new ConfigFile(source.appCfg);
  file.checkEntries({
    sections: knownSettings,
    texts: [...Object.keys(defaultTexts), 'commit_sha'],
    needed: neededPaths,
  });
  const reading: Reading = { file, environment, workingDirectory, dialect: findDialect(file), paths: [], programs: [] };
  const nodeTypes = readNodeTypes(reading);
  const { repositories, ...ofReposCfg } = readRepositories(reading, nodeTypes, source.readReposCfg);
  const settings = assemble(reading, { nodeTypes, repositories });
  warnOfOneLog(file, settings);
  warnOfMismatches(reading, settings);
  const isForGitHub = checkNewer(reading);
  const warnings = [...file.warnings, ...ofReposCfg.warnings];
  // A file for GitLab needs nothing of [github].
  const own = isForGitHub ? file.problems : file.problems.filter(({ section }) => section !== 'github');
  const problems = [...own, ...ofReposCfg.problems];
  const { paths, programs } = reading;
  if (problems.length > 0) return { kind: 'problems', problems, warnings, paths, programs };
  return { kind: 'settings', settings, warnings, paths, programs };
}

/** Which Python bot's file it is. With both maps or neither it is unknown; reading goes on, to find the other problems. */
function findDialect(file: ConfigFile): Dialect {
  const section = 'architecturetargets';
  const newer = file.has(section, 'node_type_map');
  const older = file.has(section, 'arch_target_map');
  if (newer && older) {
    file.refuse(
      file.get(section, 'node_type_map'),
      'stands beside arch_target_map; keep node_type_map, or arch_target_map with repo_target_map, not both',
    );
  } else if (!newer && !older) {
    file.refuse(
      { section, key: 'node_type_map', value: '' },
      'is missing, and so is arch_target_map; one of the two says where jobs can be built',
    );
  }
  if (older && !newer) return dialects[file.has('buildenv', 'job_handover_protocol') ? '7-8' : '6'];
  for (const [name, key] of [
    ['repo_targets', 'repo_target_map'],
    ['submitted_job_comments', 'initial_comment'],
  ] as const) {
    if (file.has(name, key)) file.warn(file.get(name, key), 'is not used beside node_type_map; remove it');
  }
  return dialects['9'];
}

function assemble(reading: Reading, done: Pick<Settings, 'nodeTypes' | 'repositories'>): Settings {
  const { file, dialect } = reading;
  const jobManager = readJobManager(reading);
  const metrics = readMetricsPlace(reading, 'event_handler');
  checkMetricsPlaces(reading, metrics, jobManager.metrics);
  const build = readBuild(reading, jobManager.pollIntervalSeconds);
  const stateDir = readPath(reading, file.get('bot_control', 'state_dir'));
  return {
    dialect,
    appName: readAppName(reading),
    github: readGitHub(reading),
    control: readControl(reading),
    build,
    deploy: readDeploy(reading),
    ...done,
    cleanUp: { trashBinDir: readPath(reading, file.getRequired('clean_up', 'trash_bin_dir')) },
    eventHandler: {
      logPath: readPath(reading, file.getRequired('event_handler', 'log_path')),
      logFormat: readChoice(reading, file.get('event_handler', 'log_format'), logFormats, 'json'),
      allowSha1: readBoolean(reading, file.get('event_handler', 'allow_sha1')),
      recoveryIntervalSeconds: readSeconds(reading, file.get('event_handler', 'recovery_interval'), 300),
      ...(metrics && { metrics }),
    },
    jobManager,
    stateDir: stateDir === '' ? resolve(build.jobsBaseDir, '.bot') : stateDir,
    texts: readTexts(reading, build.handoverProtocol.kind === 'delayed_begin'),
  };
}

function warnOfOneLog(file: ConfigFile, { eventHandler, jobManager }: Settings): void {
  if (jobManager.logPath === '' || jobManager.logPath !== eventHandler.logPath) return;
  file.warn(
    file.get('job_manager', 'log_path'),
    'is that of [event_handler], too; write one of its own, so that `./bot.sh logs` tells the two apart',
  );
}

function readAppName(reading: Reading): string {
  const { file } = reading;
  const name = file.getRequired('github', 'app_name');
  const appName = readText(reading, name);
  if (/[\r\n|`]/.test(appName))
    file.refuse(name, 'holds a line end, a bar or a backquote, which would break the comments that show it');
  else if (/\s/.test(appName))
    file.warn(name, 'has a blank, so that no filter `instance:NAME` can name it; write letters, digits and hyphens');
  return appName;
}

function readGitHub(reading: Reading): GitHubSettings {
  const { file } = reading;
  return {
    appId: readId(reading, file.getRequired('github', 'app_id')),
    installationId: readId(reading, file.getRequired('github', 'installation_id')),
    privateKeyPath: readPath(reading, file.getRequired('github', 'private_key')),
    apiUrl: readUrl(reading, 'GITHUB_API_URL'),
    serverUrl: readUrl(reading, 'GITHUB_SERVER_URL'),
  };
}

function readUrl({ file, environment }: Reading, name: Parameters<typeof forgeAddress>[1]): string {
  const value = forgeAddress(environment, name);
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
    const message = 'has to be a URL that begins with https:// (or http://); set it, or unset it for github.com';
    file.problems.push({ file: 'environment', key: name, value, message });
  }
  return value;
}

function readApps(reading: Reading): readonly string[] {
  const { file } = reading;
  const setting = file.get('bot_control', 'allowed_apps');
  const apps = readText(reading, setting)
    .split(/\s+/)
    .filter((app) => app !== '');
  const odd = apps.find((app) => !/^[\w-]+$/.test(app));
  if (odd !== undefined)
    file.refuse(setting, `has \`${odd}\`, which is no name of an App as in its address https://github.com/apps/NAME`);
  return apps;
}

function readComments(reading: Reading): Pick<Settings['control'], 'summary' | 'jobComments'> {
  const { file } = reading;
  const summary = readBoolean(reading, file.get('bot_control', 'summary'));
  const setting = file.get('bot_control', 'job_comments');
  const jobComments = setting.value === '' || readBoolean(reading, setting);
  if (!jobComments && !summary)
    file.refuse(
      setting,
      'needs `summary = true`: without either nobody on a pull request would see what becomes of a job',
    );
  return { summary, jobComments };
}

function readControl(reading: Reading): Settings['control'] {
  const { file, dialect } = reading;
  const permission = file.get('bot_control', 'command_permission');
  const commandPermission = readAccounts(reading, permission);
  if (commandPermission.length === 0)
    file.warn(permission, 'is empty: nobody can send commands; list the logins that may');
  const limit = (key: string) => readLimit(reading, file.get('bot_control', key));
  return {
    commandPermission,
    allowedApps: readApps(reading),
    chatLevel: readChoice(reading, file.get('bot_control', 'chatlevel'), chatLevels, dialect.chatLevel),
    ...readComments(reading),
    checkRuns: readBoolean(reading, file.get('bot_control', 'check_runs')),
    commitStatus: readBoolean(reading, file.get('bot_control', 'commit_status')),
    limits: {
      waitingJobsPerUser: limit('max_waiting_jobs_per_user'),
      waitingJobsPerPullRequest: limit('max_waiting_jobs_per_pull_request'),
      commandsPerHourPerUser: limit('max_commands_per_hour_per_user'),
      commandsPerHourPerPullRequest: limit('max_commands_per_hour_per_pull_request'),
    },
  };
}
