import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The kinds of programs that the bot starts, by what they may see of its environment. docs/security.md has the table. */
export type Child =
  /** git, on mirrors and job directories: without the account's configuration. */
  | 'git'
  /** git, when it talks to a server: with the site's set-up for reaching it. */
  | 'git fetch'
  /** squeue, scontrol, sacct, and id: enough to find the controller, no defaults. */
  | 'slurm'
  /** sbatch, and so the job and its scripts; det_submit_opts.py, which belongs to the pull request too. */
  | 'job'
  /** The upload script, its container included. */
  | 'upload'
  /** The script that signs an artefact. */
  | 'signing'
  /** sync, xz: programs of the machine that need nothing. */
  | 'tool';

/** Tells the upload script the commit that an artefact was built from; empty if unknown. */
export const builtCommit = 'BOT_BUILT_COMMIT';
/** Gives the upload script the provenance of an artefact, as JSON; empty where none is to be stored. */
export const builtProvenance = 'BOT_PROVENANCE';
/** Tells the upload script the SHA-256 of the artefact that was planned: another one is not stored. */
export const plannedDigest = 'BOT_ARTEFACT_SHA256';
/** Where the upload script may tell which objects it has stored, as upload-report.ts has it. */
export const uploadReport = 'BOT_UPLOAD_REPORT';

/** For the forge, or what it sends: the channel of a relay shows all of that, and takes anything. */
const forge = /^((GITHUB|GH|GITLAB|CI)_(.+_)?(TOKEN|SECRET|PAT)(_PREVIOUS)?|SMEE_URL)$/;
const byName =
  /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)(_PREVIOUS)?$|(^|_)PAT$/i;

/**
 * Whether a variable holds a secret, ours or another program's, by its name. No job gets it and no setting expands it, since settings end
 * up in command lines, job directories and comments.
 */
export function isSecret(name: string): boolean {
  return forge.test(name) || name.startsWith('AWS_') || byName.test(name);
}

/** Set by `npm run` and our launcher for themselves. */
const ofNode =
  /^(npm_|NODE_OPTIONS$|NODE_USE_ENV_PROXY$|INIT_CWD$|NODE_COMPILE_CACHE$|UV_THREADPOOL_SIZE$|MALLOC_ARENA_MAX$)/;
/** Between a daemon and the systemd that started it: what a child says there would be taken for the daemon's word. */
const ofServiceManager =
  /^(NOTIFY_SOCKET|WATCHDOG_(PID|USEC)|LISTEN_(PID|FDS|FDNAMES)|MAINPID|MANAGERPID|SYSTEMD_EXEC_PID|INVOCATION_ID|JOURNAL_STREAM|CREDENTIALS_DIRECTORY)$/;
/** Defaults for Slurm's commands, and the variables of an allocation. */
const slurmDefaults = /^(SBATCH|SALLOC|SRUN|SQUEUE|SCONTROL|SACCT|SINFO|SCANCEL|SPRIO|SLURMD?)_/;
const findsController = /^SLURM_(CONF|CONF_SERVER|CLUSTERS|JWT|SACK_.+)$/;
/** Leads git to another repository than the one it is in. */
const gitElsewhere =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|INDEX_VERSION|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|PREFIX|QUARANTINE_PATH|GRAFT_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|SHALLOW_FILE|CONFIG|CONFIG_PARAMETERS|ATTR_SOURCE|TEMPLATE_DIR|IMPLICIT_WORK_TREE|INTERNAL_.+)$/;
/** Set by a site so that git reaches its server. All other GIT_ variables are for a person's own work. */
const gitReachesServer =
  /^GIT_(SSL_.+|SSH|SSH_COMMAND|SSH_VARIANT|PROXY_COMMAND|PROXY_SSL_.+|HTTP_.+|CURL_FTP_NO_EPSV|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|CONFIG_COUNT|CONFIG_KEY_\d+|CONFIG_VALUE_\d+|EXEC_PATH|ALLOW_PROTOCOL|PROTOCOL|PROTOCOL_FROM_USER)$/;
/** Access to keys that somebody holds while logged in. */
const agents = /^(SSH_AUTH_SOCK|SSH_AGENT_PID|GPG_AGENT_INFO|DBUS_SESSION_BUS_ADDRESS)$/;
const needed = /^(PATH|LD_LIBRARY_PATH|TMPDIR|GIT_EXEC_PATH)$/;

/** git's only configuration. */
const gitHome = join(import.meta.dirname, '../../../scripts/git-home');
const english = { LC_ALL: 'C.UTF-8', LANGUAGE: undefined };

interface Rule {
  readonly keeps: (name: string) => boolean;
  /** `undefined`: removes the variable. */
  readonly sets?: Environment;
}

const rules: Readonly<Record<Child, Rule>> = {
  git: {
    keeps: (name) => needed.test(name),
    sets: {
      ...english,
      HOME: gitHome,
      XDG_CONFIG_HOME: gitHome,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ATTR_NOSYSTEM: '1',
      // Neither a newer git's default, nor what an older one cannot read.
      GIT_DEFAULT_HASH: 'sha1',
      GIT_DEFAULT_REF_FORMAT: 'files',
    },
  },
  'git fetch': {
    keeps: (name) => !isSecret(name) && (!name.startsWith('GIT_') || gitReachesServer.test(name)),
    sets: {
      ...english,
      GIT_TERMINAL_PROMPT: '0',
      // ssh would ask at the terminal that started the daemon, and wait.
      GIT_ASKPASS: '/bin/false',
      SSH_ASKPASS: '/bin/false',
      SSH_ASKPASS_REQUIRE: 'force',
    },
  },
  slurm: { keeps: (name) => !isSecret(name) && isNoSlurmDefault(name), sets: english },
  job: {
    keeps: (name) => !isSecret(name) && isNoSlurmDefault(name) && !gitElsewhere.test(name) && !agents.test(name),
  },
  upload: { keeps: (name) => !forge.test(name) },
  signing: { keeps: (name) => !forge.test(name) && !name.startsWith('AWS_') },
  tool: { keeps: (name) => needed.test(name), sets: { LC_ALL: 'C' } },
};

function isNoSlurmDefault(name: string): boolean {
  return !slurmDefaults.test(name) || findsController.test(name);
}

/** The environments of all kinds of children. */
export type Environments = Readonly<Record<Child, Readonly<Record<string, string>>>>;

/** The environment of each kind of child, from the daemon's. */
export function environmentsOf(environment: Environment): Environments {
  const made = Object.entries(rules).map(([child, rule]) => [child, environmentBy(rule, environment)]);
  return Object.fromEntries(made) as Environments;
}

function environmentBy({ keeps, sets = {} }: Rule, environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter(([name, value]) => {
    if (ofNode.test(name) || ofServiceManager.test(name) || !keeps(name)) return false;
    return name !== 'GIT_EXEC_PATH' || existsSync(join(value ?? '', 'git'));
  });
  return Object.fromEntries(
    [...kept.filter(([name]) => !Object.hasOwn(sets, name)), ...Object.entries(sets)].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** Variables that an admin may have set for Slurm's commands: the bot's children do not get them. */
export function ignoredDefaults(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => /^(SBATCH|SQUEUE|SCONTROL|SACCT)_/.test(name))
    .sort();
}
