import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

export interface MachineFacts {
  /** `v24.1.0` */
  readonly node: string;
  readonly wantsProxy: boolean;
  /** A sentence that says what is wrong with git. */
  readonly gitTrouble?: string;
  /** `git version 2.39.5` */
  readonly git: string;
  /** The account's git configuration, `key=value` lines; or why git cannot read it. */
  readonly gitConfiguration: { readonly lines: readonly string[] } | { readonly trouble: string };
  /** Names of the bot's units of this account. */
  readonly units: readonly string[];
  /** Whether the account's units go on after the logout; undefined: no systemd here. */
  readonly lingers?: boolean;
  /** Whether logging out ends what was started in the session. */
  readonly killsAtLogout: boolean;
  readonly account: string;
  readonly processes: readonly SeenProcess[];
  readonly workingDirectory: string;
}

/** A process of this account on this machine. */
export interface SeenProcess {
  readonly pid: number;
  readonly words: readonly string[];
  readonly directory: string;
}

/** Judges the machine: its programs, and whether daemons survive on it. */
export function judgeMachine(facts: MachineFacts): Finding[] {
  return [...judgeNode(facts), ...judgeGit(facts), ...judgeSession(facts), ...judgePythonBot(facts)];
}

function judgeNode({ node, wantsProxy }: MachineFacts): Finding[] {
  if (wantsProxy && !knowsProxy(node))
    return [
      failure(
        'machine/node',
        `Node ${node}, which does not know HTTPS_PROXY`,
        'Node 22.21, or 24.5 or newer, where a proxy is set',
        'put a newer node first in PATH',
      ),
    ];
  return [fine('machine/node', node)];
}

/** Since when node:http and node:https go by HTTPS_PROXY, too, with NODE_USE_ENV_PROXY. */
function knowsProxy(node: string): boolean {
  const [, major = 0, minor = 0] = (/^v(\d+)\.(\d+)/.exec(node) ?? []).map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function judgeGit({ git, gitTrouble, gitConfiguration }: MachineFacts): Finding[] {
  if (gitTrouble !== undefined)
    return [
      failure(
        'machine/git',
        gitTrouble,
        'git 2.18 or newer',
        'put the directory of one first in the PATH of the daemons',
      ),
      notLookedAt('machine/git-configuration', 'git does not run'),
    ];
  const found = [fine('machine/git', git)];
  if ('trouble' in gitConfiguration)
    return [
      ...found,
      failure(
        'machine/git-configuration',
        gitConfiguration.trouble,
        'a configuration that git can read',
        'mend the file that git names: git config --global --edit',
      ),
    ];
  const untrusting = gitConfiguration.lines.find((line) => /^http\..*sslverify=(false|no|off|0)$/i.test(line));
  if (untrusting !== undefined)
    return [
      ...found,
      warning(
        'machine/git-configuration',
        `${untrusting.replace(/=.*/, '')} is off: whoever is on the way may change what is built`,
        'that git looks at certificates',
        'name the CA by http.sslCAInfo, then: git config --global --unset http.sslVerify',
      ),
    ];
  const rewrites = gitConfiguration.lines.filter((line) => /^url\..*\.insteadof=/i.test(line));
  const seen =
    rewrites.length === 0
      ? 'nothing in it changes how repositories are fetched'
      : `fetches elsewhere: ${rewrites.map((line) => line.replace(/\/\/[^/@]*@/g, '//')).join(', ')}`;
  return [...found, fine('machine/git-configuration', seen)];
}

function judgeSession({ units, lingers, killsAtLogout, account }: MachineFacts): Finding[] {
  if (lingers === true) return [fine('machine/logout', 'this account lingers: what it started stays')];
  const mend = `loginctl enable-linger ${account}`;
  if (units.length > 0)
    return [
      warning(
        'machine/logout',
        `systemd ends ${units.join(', ')} when ${account} logs out`,
        'that the account lingers',
        mend,
      ),
    ];
  if (killsAtLogout)
    return [
      warning(
        'machine/logout',
        `KillUserProcesses is on: tmux, screen and ./bot.sh start end when ${account} logs out`,
        'that the account lingers',
        `${mend}; then start the daemons as units, or by systemd-run --user --scope`,
      ),
    ];
  return [fine('machine/logout', 'nothing ends what this account has started')];
}

const pythonDaemons = /(?:^|\/)eessi_bot_(event_handler|job_manager)(?:\.py)?$/;

/** A Python bot that still runs would build the same commands a second time. */
function judgePythonBot({ processes, workingDirectory }: MachineFacts): Finding[] {
  const found = processes.flatMap(({ pid, words, directory }) => {
    const script = words.slice(0, 4).find((word) => pythonDaemons.test(word));
    return script === undefined ? [] : [{ pid, script, directory }];
  });
  if (found.length === 0) return [fine('machine/python-bot', 'none of this account runs here')];
  const seen = found.map(({ pid, script, directory }) => `${script} (process ${pid}, in ${directory})`).join(', ');
  const mend = `kill ${found.map(({ pid }) => pid).join(' ')}`;
  const expected = 'one bot for one app.cfg: two answer each command';
  const isSame = found.some(({ directory }) => directory === workingDirectory);
  return [(isSame ? failure : warning)('machine/python-bot', seen, expected, mend)];
}
