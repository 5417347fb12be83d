import { isDeepStrictEqual } from 'node:util';
import { counted } from '../../counted.ts';
import type { WaysIn } from '../daemons/ways-in.ts';
import { type Finding, failure, fine, warning } from './finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** An environment that was looked at. */
export interface SeenEnvironment {
  /** A daemon that runs, or this shell. */
  readonly whose: string;
  readonly environment: Environment;
  /** Of an event handler that runs here; undefined: its options are not known. */
  readonly ways?: WaysIn;
}

interface EnvironmentFacts extends SeenEnvironment {
  /** Files that variables name, and that cannot be used: name of the variable -> why. */
  readonly unusableFiles: Readonly<Record<string, string>>;
  /** What to type where the webhook secret is not set. */
  readonly howToSetSecret: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
}

/** Names of variables that count, and for what. Their values are never shown. */
const meanings: Readonly<Record<string, string>> = {
  GITHUB_APP_SECRET_TOKEN: 'webhook secret',
  GITHUB_APP_SECRET_TOKEN_PREVIOUS: 'earlier webhook secret, accepted too',
  SMEE_URL: 'the relay that brings deliveries',
  GITHUB_TOKEN: "reads repositories in the App's place",
  GITHUB_API_URL: 'the API of GitHub',
  GITHUB_SERVER_URL: 'where repositories are cloned from',
  HTTPS_PROXY: 'proxy for GitHub, git and S3',
  https_proxy: 'proxy for GitHub, git and S3',
  NO_PROXY: 'reached without the proxy',
  no_proxy: 'reached without the proxy',
  NODE_EXTRA_CA_CERTS: 'further CAs',
  SLURM_CONF: "Slurm's configuration",
  KEY_PASSPHRASE: 'of the key that signs artefacts',
  AWS_ACCESS_KEY_ID: 'for uploads',
  AWS_SECRET_ACCESS_KEY: 'for uploads',
  AWS_PROFILE: 'for uploads',
  AWS_CA_BUNDLE: 'the only CAs for uploads',
};
/** Files that these name are looked at. */
export const variablesOfFiles = [
  'NODE_EXTRA_CA_CERTS',
  'AWS_CA_BUNDLE',
  'SSL_CERT_FILE',
  'SLURM_CONF',
  'GIT_SSL_CAINFO',
];

/** Doctor asks GitHub and the relay by these of its own: Node reads them at its start. */
const readAtStart = [
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
];

/** The variables that matter, and what they do. `seen`: the event handler's, and the job manager's if that is another one. */
export function judgeEnvironment(
  seen: readonly [EnvironmentFacts, ...EnvironmentFacts[]],
  shell: Environment,
): Finding[] {
  const [ofEventHandler] = seen;
  return [
    fine('environment/set', seen.map(tellSet).join('; ')),
    ...judgeSecret(ofEventHandler),
    ...judgeAddresses(seen),
    ...ofEach(seen, ({ environment }) => judgeProxy(environment)),
    ...ofEach(seen, judgeFiles),
    ...ofEach(seen, ({ environment }) => judgeTrust(environment)),
    ...judgeShell(ofEventHandler, shell),
  ];
}

function tellSet({ whose, environment }: SeenEnvironment): string {
  const set = Object.keys(meanings).filter((name) => environment[name]);
  return `${whose}: ${set.map((name) => `${name} (${meanings[name]})`).join(', ') || 'nothing that the bot reads'}`;
}

/** Once where all are the same, else of each, with whose it is. */
function ofEach(seen: readonly EnvironmentFacts[], judge: (facts: EnvironmentFacts) => Finding[]): Finding[] {
  const judged = seen.map((facts) => judge(facts));
  const [first = []] = judged;
  if (judged.every((findings) => isDeepStrictEqual(findings, first))) return first;
  return judged.flatMap((findings, index) =>
    findings.map((finding) => ({ ...finding, seen: `${seen[index]?.whose}: ${finding.seen}` })),
  );
}

function judgeShell({ whose, environment }: SeenEnvironment, shell: Environment): Finding[] {
  const others = readAtStart.filter((name) => (environment[name] ?? '') !== (shell[name] ?? ''));
  if (others.length === 0) return [];
  return [
    warning(
      'environment/this-shell',
      `doctor asks GitHub with ${others.join(', ')} of this shell, which ${others.length === 1 ? 'is' : 'are'} not as in ${whose}`,
      'the same, so that doctor reaches what the daemons reach',
      `export ${others.join(', ')} as where the daemons are started, then ./bot.sh doctor`,
    ),
  ];
}

function judgeSecret({ whose, environment, ways, howToSetSecret }: EnvironmentFacts): Finding[] {
  const name = 'environment/webhook-secret';
  const secret = environment['GITHUB_APP_SECRET_TOKEN'];
  if (!secret && ways?.asksItself) return [fine(name, 'not needed: the event handler asks GitHub itself')];
  if (!secret)
    return [
      warning(
        name,
        `GITHUB_APP_SECRET_TOKEN is not set in ${whose}`,
        'the webhook secret of the App, unless the event handler gets --pull',
        `${howToSetSecret}; then ./bot.sh restart event_handler`,
      ),
    ];
  if (/^\s|\s$|^(["']).*\1$/s.test(secret))
    return [
      failure(
        name,
        'GITHUB_APP_SECRET_TOKEN begins or ends with a blank, a line end or quotes, which count as part of it',
        "the secret alone, as on the App's page",
        'write it again without them',
      ),
    ];
  return [fine(name, `set in ${whose}, ${counted(secret.length, 'character')}`)];
}

function judgeAddresses(seen: readonly EnvironmentFacts[]): Finding[] {
  const name = 'environment/GitHub-addresses';
  const told = seen.map(({ whose, apiUrl, serverUrl }) => `${whose}: ${apiUrl}, ${serverUrl}`).join('; ');
  const oneAlone = seen.find(
    ({ environment }) => Boolean(environment['GITHUB_API_URL']) !== Boolean(environment['GITHUB_SERVER_URL']),
  );
  if (oneAlone !== undefined) {
    const { whose, environment, apiUrl, serverUrl } = oneAlone;
    const missing = environment['GITHUB_API_URL'] ? 'GITHUB_SERVER_URL' : 'GITHUB_API_URL';
    return [
      failure(
        name,
        `${missing} is not set in ${whose}, and the other one is: the API is ${apiUrl}, repositories are cloned from ${serverUrl}`,
        'both, or neither',
        `export ${missing} too`,
      ),
    ];
  }
  if (new Set(seen.map(({ apiUrl, serverUrl }) => `${apiUrl} ${serverUrl}`)).size > 1)
    return [
      failure(
        name,
        told,
        'the same for both daemons',
        'export GITHUB_API_URL and GITHUB_SERVER_URL where either daemon is started',
      ),
    ];
  return [fine(name, told)];
}

function judgeProxy(environment: Environment): Finding[] {
  const name = 'environment/proxy';
  const https = environment['HTTPS_PROXY'] || environment['https_proxy'];
  const plain =
    environment['HTTP_PROXY'] || environment['http_proxy'] || environment['ALL_PROXY'] || environment['all_proxy'];
  if (!https)
    return plain
      ? [
          warning(
            name,
            'HTTP_PROXY or ALL_PROXY is set, HTTPS_PROXY is not: GitHub is asked without a proxy',
            'HTTPS_PROXY, where a proxy is needed',
            'export HTTPS_PROXY',
          ),
        ]
      : [fine(name, 'none')];
  if (!URL.canParse(https) || !/^https?:\/\/./.test(https))
    return [failure(name, 'HTTPS_PROXY is no address', 'http://HOST:PORT', 'export HTTPS_PROXY=http://HOST:PORT')];
  return [fine(name, new URL(https).host)];
}

function judgeFiles({ environment, unusableFiles }: EnvironmentFacts): Finding[] {
  return variablesOfFiles
    .filter((variable) => environment[variable])
    .map((variable) => {
      const why = unusableFiles[variable];
      const name = `environment/${variable}` as const;
      if (why === undefined) return fine(name, environment[variable] ?? '');
      return failure(name, why, 'a file that this account can read', `correct ${variable}, or unset it`);
    });
}

function judgeTrust(environment: Environment): Finding[] {
  const name = 'environment/certificates';
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' || environment['GIT_SSL_NO_VERIFY'])
    return [
      warning(
        name,
        'NODE_TLS_REJECT_UNAUTHORIZED or GIT_SSL_NO_VERIFY: certificates are not looked at',
        'that they are: whoever is on the way may read the token',
        'unset it, and name the CA by NODE_EXTRA_CA_CERTS',
      ),
    ];
  return [fine(name, 'are looked at')];
}
