import type { ProgramCall } from '../outside/processes/program-call.ts';
import type { ChatLevel } from './chat-levels.ts';
import type { Dialect } from './dialects.ts';
import type { Template } from './template.ts';

/** What to do with an artefact that was built from another commit than the label approved. */
export const staleArtefacts = ['upload', 'refuse'] as const;
export type StaleArtefacts = (typeof staleArtefacts)[number];
export const uploadPolicies = ['all', 'latest', 'once', 'none'] as const;
export type UploadPolicy = (typeof uploadPolicies)[number];

export const logFormats = ['json', 'text'] as const;
/** `text`: the form of the Python bot's log. */
type LogFormat = (typeof logFormats)[number];

/** An entry of allowed_jobargs or allowed_submitargs: regular expressions that are searched; an absent one matches everything. */
export interface AllowedArgument {
  /** In the name of a variable. */
  readonly key?: string;
  readonly value?: string;
}

/** app.cfg and repos.cfg of every generation, read, checked, expanded. */
export interface Settings {
  /** That of the Python bot whose app.cfg it is. */
  readonly dialect: Dialect;
  /** What the bot is called, on the forge and in comments: `[github] app_name`. */
  readonly appName: string;
  readonly github: GitHubSettings;
  readonly control: {
    /** Accounts, `login` or `login:id`; logins are compared in any case. Empty: nobody. */
    readonly commandPermission: readonly string[];
    /** Names of Apps, as in their addresses, through which those may send commands. */
    readonly allowedApps: readonly string[];
    readonly chatLevel: ChatLevel;
    /** A comment per command that shows all its jobs. */
    readonly summary: boolean;
    /** A comment per job. */
    readonly jobComments: boolean;
    /** A check run per job. */
    readonly checkRuns: boolean;
    /** A commit status per job, where it has no check run. */
    readonly commitStatus: boolean;
    readonly limits: Limits;
  };
  readonly build: BuildSettings;
  readonly deploy: DeploySettings;
  /** Where jobs can be built, in the order of the file; those without repositories are left out. */
  readonly nodeTypes: readonly NodeType[];
  readonly repositories: Repositories;
  readonly cleanUp: { readonly trashBinDir: string };
  readonly eventHandler: {
    readonly logPath: string;
    readonly logFormat: LogFormat;
    readonly allowSha1: boolean;
    /** How often GitHub's list of deliveries is compared with the inbox; 0: never. */
    readonly recoveryIntervalSeconds: number;
    readonly metrics?: MetricsPlace;
  };
  readonly jobManager: {
    readonly logPath: string;
    readonly logFormat: LogFormat;
    readonly jobIdsDir: string;
    readonly poll: ProgramCall;
    readonly pollIntervalSeconds: number;
    /** Its words may hold `%(jobid)s`, `%(cluster)s`, `%(partition)s`, `%(state)s`, `%(reason)s` (generation 9); `%%` is a percent sign in every generation. */
    readonly scontrol: ProgramCall;
    /** How many last lines of output the comment of a failed job shows; 0: none, and no other text below the table. */
    readonly logTailLines: number;
    /** The status page, an HTML file; absent: none is written. */
    readonly statusPage?: string;
    readonly metrics?: MetricsPlace;
  };
  /** Where the bot keeps its own state: inbox, orders, locks, mirrors, ledger. Absolute. */
  readonly stateDir: string;
  readonly texts: Texts;
}

/** Where a daemon serves /metrics and /healthz; absent: nowhere. */
export interface MetricsPlace {
  readonly address: string;
  readonly port: number;
}

/** Limits per account, and per pull request. 0: no limit. */
export interface Limits {
  /** Jobs that have not ended. */
  readonly waitingJobsPerUser: number;
  readonly waitingJobsPerPullRequest: number;
  readonly commandsPerHourPerUser: number;
  readonly commandsPerHourPerPullRequest: number;
}

export interface GitHubSettings {
  readonly appId: number;
  readonly installationId: number;
  readonly privateKeyPath: string;
  /** `GITHUB_API_URL`, without a slash at the end. */
  readonly apiUrl: string;
  /** `GITHUB_SERVER_URL`, without a slash at the end: what clone addresses begin with. */
  readonly serverUrl: string;
}

export interface BuildSettings {
  /** With `repository` (of `PATH@GIT_REPO`), `path` is relative to a clone of it made in the job directory. */
  readonly jobScript: { readonly path: string; readonly repository?: string };
  readonly jobsBaseDir: string;
  readonly submit: ProgramCall;
  /** The words of `slurm_params`. */
  readonly slurmParams: readonly string[];
  /** Empty: jobs get no name of ours. */
  readonly jobName: string;
  /** The account that jobs run as, if the site says; absent: assumed to be that of the daemons. */
  readonly jobAccount?: string;
  readonly handoverProtocol: HandoverProtocol;
  /** `everyone`: everyone with command permission. */
  readonly permission: 'everyone' | readonly string[];
  /** Absent: the scancel beside squeue. */
  readonly cancel?: ProgramCall;
  readonly cancelPermission: CancelPermission;
  readonly allowUpdateSubmitOpts: boolean;
  /** Options of sbatch that det_submit_opts may return besides those that it always may: `--name=` with a value, `--name` without. */
  readonly allowedDetSubmitOpts: readonly string[];
  /** File -> line that is added at the end of the file of that base name in the job directory. */
  readonly cvmfsCustomizations: Readonly<Record<string, string>>;
  /** Entries `NAME=value`; they count where allowedJobArguments is empty. */
  readonly allowedExports: readonly string[];
  /** What commands may set in the environment of jobs. */
  readonly allowedJobArguments: readonly AllowedArgument[];
  /** What commands may have sbatch given; without `key`. */
  readonly allowedSubmitArguments: readonly AllowedArgument[];
  readonly cloneVia: 'https' | 'ssh';
  /** `[site_config]` of job.cfg: key -> value, in the order in which they are written, without empty ones. */
  readonly siteConfig: Readonly<Record<string, string>>;
}

/** Who, of those who may build, may cancel a job: its owner, or all of them. */
export type CancelPermission = (typeof cancelPermissions)[number];
export const cancelPermissions = ['owner', 'build'] as const;

/** What keeps a new job from starting before the job manager has it. */
export type HandoverProtocol =
  | { readonly kind: 'hold_release' }
  | { readonly kind: 'delayed_begin'; readonly delaySeconds: number };

export interface DeploySettings {
  readonly policy: UploadPolicy;
  readonly staleArtefacts: StaleArtefacts;
  /** Beside each artefact its provenance is stored. */
  readonly attestation: boolean;
  /** Absent only with the policy `none`. */
  readonly script?: ProgramCall;
  readonly bucketName: PerRepository;
  readonly metadataPrefix: PerRepository;
  readonly artefactPrefix: PerRepository;
  /** Empty: AWS. */
  readonly endpointUrl: string;
  readonly permission: readonly string[];
  /** Repository id -> how its artefacts are signed; others are not. */
  readonly signing: Readonly<Record<string, Signing>>;
}

/** A text that is the same for all repository ids, or a map from id to text. */
export type PerRepository =
  | { readonly kind: 'same'; readonly value: string }
  | { readonly kind: 'by-repository'; readonly values: Readonly<Record<string, string>> };

export interface Signing {
  /** May be relative to the job directory. */
  readonly script: string;
  readonly key: string;
  readonly containerRuntime?: string;
}

/** An entry of node_type_map, or of arch_target_map with its repo_target_map entry. */
export interface NodeType {
  /** Generation 9: the key of node_type_map. Before: the key of arch_target_map, `linux/x86_64/amd/zen2`. */
  readonly name: string;
  readonly os: string;
  /** `x86_64/amd/zen2` */
  readonly cpuSubdir: string;
  /** `nvidia/cc80`; generation 9 only. */
  readonly accelerator?: string;
  readonly slurmParams: readonly string[];
  /** Repository ids. */
  readonly repositories: readonly string[];
}

export interface Repositories {
  /** `repos_cfg_dir`, copied into each job's `cfg/`; absent: nothing is copied. */
  readonly dir?: string;
  /** By repository id. `EESSI` and `EESSI-pilot` need none. */
  readonly sections: Readonly<Record<string, RepositorySection>>;
}

/** A section of repos.cfg. `missing`: required keys that it lacks; only its targets are refused. */
export interface RepositorySection {
  readonly container: string;
  readonly repoName: string;
  readonly repoVersion: string;
  readonly missing: readonly string[];
  /** `config_bundle`, relative to `dir` or absolute on the compute nodes, and the files in it that `config_map` names. */
  readonly bundle?: { readonly name: string; readonly files: readonly string[] };
}

/** Every text that a site can change. Placeholders were checked when the file was read. */
export interface Texts {
  /** app_name comment_response comment_result */
  readonly commandResponse: Template;
  /** build_labeler */
  readonly noBuildPermission: Template;
  /** deploy_labeler */
  readonly noDeployPermission: Template;
  /** The lines of a job's first comment above the table, joined by line ends: app_name repo_id symlink job_id on_arch for_arch on_accelerator for_accelerator arch_name accelerator_spec delay_seconds */
  readonly firstComment: Template;
  /** accelerator */
  readonly withAccelerator: Template;
  /** The line of a job's comment that names the commit; absent: no such setting; empty: no line. */
  readonly commitSha?: Template;
  /** Text of the first row, for the handover protocol in force: the placeholders of firstComment. */
  readonly awaitsRelease: Template;
  /** extra_info */
  readonly awaitsLaunch: Template;
  /** job_id */
  readonly runningJob: Template;
  /** filename */
  readonly jobResultUnknown: Template;
  /** filename */
  readonly jobTestUnknown: Template;
  /** job_dirs trash_bin_dir */
  readonly movedJobDirs: Template;
  /** `…_failure` and `…_tip` of [download_pr_comments], as they stand. */
  readonly download: Readonly<Record<DownloadStep, { readonly failure: string; readonly tip: string }>>;
}

export type DownloadStep = 'clone' | 'checkout' | 'diff' | 'apply';

/** A mistake or doubt in a configuration file, in words that say what would be right. */
export interface Problem {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  readonly section?: string;
  readonly key?: string;
  readonly value?: string;
  readonly message: string;
  /** It is no mistake in the file: what it names is mounted read-only here. */
  readonly isReadOnly?: true;
}

/** Settings, or all problems at once. Warnings come with either. */
export type SettingsReading =
  | { readonly kind: 'settings'; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly kind: 'problems'; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };
