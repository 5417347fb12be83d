/** What is put into a unit of scripts/systemd. */
export interface UnitFacts {
  readonly home: string;
  /** The clone. */
  readonly root: string;
  /** That of app.cfg. */
  readonly directory: string;
  readonly secretsDirectory: string;
  /** Options of the daemon. */
  readonly options: readonly string[];
  /** What the shell has. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its systemd-notify waits until systemd has read a message: from 246 on. */
  readonly canNotify: boolean;
}

/** The text of a unit, for this clone and this account. Secrets stay in its environment file. */
export function unitText(shipped: string, facts: UnitFacts): string {
  const { root, directory, secretsDirectory, options, canNotify } = facts;
  const path = (whole: string) => inUnit(whole, facts.home);
  const lines = shipped.split('\n').flatMap((line) => {
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    switch (key) {
      case 'WorkingDirectory':
        return [`${key}=${path(directory)}`];
      case 'EnvironmentFile':
        return [
          `${key}=${value.replace('%h/.config/bot', () => path(secretsDirectory))}`,
          ...keptVariables(facts.environment).map((kept) => `Environment=${quoted(kept.replaceAll('%', '%%'))}`),
        ];
      case 'ExecStart': {
        const program = value.slice(value.lastIndexOf('/') + 1);
        return [
          `${key}=${[path(`${root}/${program}`), ...options.map((each) => each.replaceAll('%', '%%'))].map(word).join(' ')}`,
        ];
      }
      case 'Type':
        return [canNotify ? line : `${key}=simple`];
      case 'NotifyAccess':
      case 'WatchdogSec':
        return canNotify ? [line] : [];
      default:
        return [line];
    }
  });
  return lines.join('\n');
}

/** systemd gives its units another environment than the shell that runs setup has. */
const kept = [
  ...['PATH', 'LD_LIBRARY_PATH', 'SLURM_CONF', 'GITHUB_API_URL', 'GITHUB_SERVER_URL'],
  ...['NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'],
];

/** A proxy's password is not for a unit, which others may read. */
const hasPassword = /:(\/\/)?[^/\s]*@/;

const keptVariables = (environment: UnitFacts['environment']) =>
  kept.flatMap((name) => {
    const value = environment[name];
    return value && !hasPassword.test(value) ? [`${name}=${value}`] : [];
  });

/** Names of variables that belong into the environment files: they hold a password. */
export const variablesWithPassword = (environment: UnitFacts['environment']) =>
  kept.filter((name) => hasPassword.test(environment[name] ?? ''));

/** `%h` is the home of the account. */
function inUnit(path: string, home: string): string {
  const isBelow = path === home || path.startsWith(`${home}/`);
  return `${isBelow ? '%h' : ''}${path.slice(isBelow ? home.length : 0).replaceAll('%', '%%')}`;
}

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const word = (text: string) => (/^[\w%/.:=@,+-]+$/.test(text) ? text : quoted(text.replaceAll('$', '$$$$')));
