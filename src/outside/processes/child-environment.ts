import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** The kinds of programs that the bot starts, by what they may see of its environment. docs/security.md has the table. */
export type Child =
  /** git, on mirrors and job directories: nothing of the account's configuration. */
  | 'git'
  /** git, where it talks to a server: what the site has set up to reach it. */
  | 'git fetch'
  /** squeue, scontrol, sacct, and id beside them: what finds the controller, and no defaults. */
  | 'slurm'
  /** sbatch, and so the job and its scripts; det_submit_opts.py, which is of the pull request too. */
  | 'job'
  /** The upload script, its container included. */
  | 'upload'
  /** The script that signs an artefact. */
  | 'signing'
  /** sync, xz: programs of the machine that need nothing. */
  | 'tool';

/** What the upload script is told besides its words: the commit that an artefact was built from; empty where nobody noted it. */
export const builtCommit = 'BOT_BUILT_COMMIT';

const forge = /^(GITHUB|GH|GITLAB|CI)_(.+_)?(TOKEN|SECRET|PAT)(_PREVIOUS)?$/;
const byName =
  /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_KEY|PRIVATE_KEY|CREDENTIALS?)(_PREVIOUS)?$|(^|_)PAT$/i;

/**
 * Whether a variable holds a secret, ours or another program's, as far as its name tells. Such a variable reaches no job, and is
 * expanded in no setting, since settings end up in command lines, job directories and comments.
 */
export function isSecret(name: string): boolean {
  return forge.test(name) || name.startsWith('AWS_') || byName.test(name);
}

/** What `npm run` and our launcher add for themselves. */
const ofNode =
  /^(npm_|NODE_OPTIONS$|NODE_USE_ENV_PROXY$|INIT_CWD$|NODE_COMPILE_CACHE$|UV_THREADPOOL_SIZE$|MALLOC_ARENA_MAX$)/;
/** Defaults for Slurm's commands, and what an allocation says of itself. */
const slurmDefaults = /^(SBATCH|SALLOC|SRUN|SQUEUE|SCONTROL|SACCT|SINFO|SCANCEL|SPRIO|SLURMD?)_/;
const findsController = /^SLURM_(CONF|CONF_SERVER|CLUSTERS|JWT|SACK_.+)$/;
/** What leads git to another repository than the one it stands in. */
const gitElsewhere =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|INDEX_VERSION|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|PREFIX|QUARANTINE_PATH|GRAFT_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|SHALLOW_FILE|CONFIG|CONFIG_PARAMETERS|ATTR_SOURCE|TEMPLATE_DIR|IMPLICIT_WORK_TREE|INTERNAL_.+)$/;
/** What a site sets so that git reaches its server. All else that begins with GIT_ is for a person's own work. */
const gitReachesServer =
  /^GIT_(SSL_.+|SSH|SSH_COMMAND|SSH_VARIANT|PROXY_COMMAND|PROXY_SSL_.+|HTTP_.+|CURL_FTP_NO_EPSV|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|CONFIG_COUNT|CONFIG_KEY_\d+|CONFIG_VALUE_\d+|EXEC_PATH|ALLOW_PROTOCOL|PROTOCOL|PROTOCOL_FROM_USER)$/;
/** A way to keys that somebody holds while he is logged in. */
const agents = /^(SSH_AUTH_SOCK|SSH_AGENT_PID|GPG_AGENT_INFO|DBUS_SESSION_BUS_ADDRESS)$/;
const needed = /^(PATH|LD_LIBRARY_PATH|TMPDIR|GIT_EXEC_PATH)$/;

/** Where git finds the configuration that it is to go by, and no other. */
const gitHome = join(import.meta.dirname, '../../../scripts/git-home');
const english = { LC_ALL: 'C.UTF-8', LANGUAGE: undefined };

interface Rule {
  readonly keeps: (name: string) => boolean;
  /** `undefined`: it does not get the variable. */
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
      // Not what a newer git does by default, or an older one cannot read.
      GIT_DEFAULT_HASH: 'sha1',
      GIT_DEFAULT_REF_FORMAT: 'files',
    },
  },
  'git fetch': {
    keeps: (name) => !isSecret(name) && (!name.startsWith('GIT_') || gitReachesServer.test(name)),
    sets: {
      ...english,
      GIT_TERMINAL_PROMPT: '0',
      // ssh would ask at the terminal that the daemon was started from, and wait.
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

/** All that children see, by their kinds. */
export type Environments = Readonly<Record<Child, Readonly<Record<string, string>>>>;

/** What each kind of child sees of the environment of its daemon. */
export function environmentsOf(environment: Environment): Environments {
  const made = Object.entries(rules).map(([child, rule]) => [child, environmentBy(rule, environment)]);
  return Object.fromEntries(made) as Environments;
}

function environmentBy({ keeps, sets = {} }: Rule, environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter(([name, value]) => {
    if (ofNode.test(name) || !keeps(name)) return false;
    return name !== 'GIT_EXEC_PATH' || existsSync(join(value ?? '', 'git'));
  });
  return Object.fromEntries(
    [...kept.filter(([name]) => !Object.hasOwn(sets, name)), ...Object.entries(sets)].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** Variables that an admin may have set for Slurm's commands: nothing that the bot starts goes by them. */
export function ignoredDefaults(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => /^(SBATCH|SQUEUE|SCONTROL|SACCT)_/.test(name))
    .sort();
}
