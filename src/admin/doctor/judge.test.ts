import { expect, it } from 'vitest';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import type { Finding } from './finding.ts';
import { judgeBundle } from './judge-bundle.ts';
import { judgeDaemon } from './judge-daemon.ts';
import { judgeEnvironment } from './judge-environment.ts';
import { judgePlace } from './judge-files.ts';
import { judgeClock, judgeGitHub } from './judge-github.ts';
import { judgeMachine } from './judge-machine.ts';
import { judgeRedelivery } from './judge-redelivery.ts';
import { judgeRelay } from './judge-relay.ts';
import { judgeCommand, judgeTrial } from './judge-slurm.ts';
import { judgeProbe, judgeSigning } from './judge-upload.ts';
import { judgeWebhook } from './judge-webhook.ts';

// What a site of the tests cannot have: test/system/doctor.test.ts has the rest.

const said = ({ name, verdict, seen, mend }: Finding) => `${verdict} ${name}: ${seen}${mend ? ` -> ${mend}` : ''}`;
const wrong = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'failure' || verdict === 'warning').map(said);

const variables = (whose: string, environment: Record<string, string>) => ({
  whose,
  environment: { GITHUB_APP_SECRET_TOKEN: 'x', ...environment },
  unusableFiles: {},
  howToSetSecret: 'type it',
  apiUrl: 'https://api.github.com',
  serverUrl: 'https://github.com',
});
const proxied = { HTTPS_PROXY: 'http://proxy.example:3128' };

it('says of which daemon a variable is, where the daemons have different ones', () => {
  const handler = variables('the event handler', proxied);
  expect(judgeEnvironment([handler, variables('the job manager', {})], proxied).map(said)).toEqual([
    'ok environment/set: the event handler: GITHUB_APP_SECRET_TOKEN (webhook secret), HTTPS_PROXY (proxy for GitHub, git and S3); the job manager: GITHUB_APP_SECRET_TOKEN (webhook secret)',
    'ok environment/webhook-secret: set in the event handler, 1 character',
    'ok environment/GitHub-addresses: the event handler: https://api.github.com, https://github.com; the job manager: https://api.github.com, https://github.com',
    'ok environment/proxy: the event handler: proxy.example:3128',
    'ok environment/proxy: the job manager: none',
    'ok environment/certificates: are looked at',
  ]);
  expect(wrong(judgeEnvironment([handler], {}))).toEqual([
    expect.stringContaining('doctor asks GitHub with HTTPS_PROXY of this shell, which is not as in the event handler'),
  ]);
});

const space = { freeBytes: 5e12, totalBytes: 9e12, freeInodes: 1e9, totalInodes: 2e9, type: 0x6969 };
it.each`
  what                         | trial                                                          | changes                              | finding
  ${'an NFS with room'}        | ${'went well'}                                                 | ${{}}                                | ${'ok files/state_dir: /s: NFS, 5000.0 GB free'}
  ${'one that is not there'}   | ${'not there'}                                                 | ${{}}                                | ${'not looked at files/state_dir: /s is made at the first start'}
  ${'a full disk'}             | ${{ step: 'write', words: 'ENOSPC: no space left on device' }} | ${{}}                                | ${'failure files/state_dir: write failed in /s: ENOSPC: no space left on device -> df -h /s; df -i /s; quota -s; make room'}
  ${'a read-only file system'} | ${{ step: 'write', words: 'EROFS: read-only file system' }}    | ${{}}                                | ${'failure files/state_dir: write failed in /s: EROFS: read-only file system -> /s is on a file system that is mounted read-only here: findmnt -T /s; have it mounted for writing'}
  ${'a directory of others'}   | ${{ step: 'write', words: 'EACCES: permission denied' }}       | ${{}}                                | ${'failure files/state_dir: write failed in /s: EACCES: permission denied -> ls -ld /s; chown or chmod it for the account of the daemons'}
  ${'no fsync'}                | ${{ step: 'sync', words: 'EIO: i/o error' }}                   | ${{}}                                | ${'failure files/state_dir: sync failed in /s: EIO: i/o error -> look at its file system: findmnt -T /s'}
  ${'little room'}             | ${'went well'}                                                 | ${{ freeBytes: 4e8 }}                | ${'warning files/state_dir: 0.4 GB free in /s -> df -h /s; make room, or move it'}
  ${'few inodes'}              | ${'went well'}                                                 | ${{ freeInodes: 7 }}                 | ${'warning files/state_dir: 7 inodes free in /s -> df -i /s; remove small files'}
  ${'one without inodes'}      | ${'went well'}                                                 | ${{ freeInodes: 0, totalInodes: 0 }} | ${'ok files/state_dir: /s: NFS, 5000.0 GB free'}
`('a place: $what', ({ trial, changes, finding }) => {
  expect(said(judgePlace({ setting: 'state_dir', path: '/s', trial, space: { ...space, ...changes } }))).toBe(finding);
});

it.each([
  [0, 'ok'],
  [30, 'warning'],
  [-30, 'warning'],
  [-900, 'failure'],
  [undefined, 'not looked at'],
])('a clock that is %s s ahead: %s', (seconds, verdict) => {
  expect(judgeClock(seconds)).toMatchObject({ name: 'GitHub/clock', verdict });
});

const permissions = { issues: 'write', pull_requests: 'write', metadata: 'read', contents: 'read' };
const events = ['issue_comment', 'pull_request'];
const app = { id: 1, slug: 'my-bot', page: 'https://github.com/apps/my-bot', permissions, events };
const installation = { account: 'EESSI', page: 'https://github.com/i', permissions, events, isSuspended: false };
const answer = <T>(value: T) => ({ kind: 'answer', value }) as const;
const named = { apiUrl: 'https://api.github.com', appId: 1, installationId: 2, checkRuns: false, commitStatus: false };
it.each([
  ['none is wrong', {}, []],
  [
    'no repository',
    { repositories: answer({ total: 0, names: [] }) },
    ['failure GitHub/repositories: the installation has none -> select the target repositories: https://github.com/i'],
  ],
  [
    'what the App asks for was not accepted',
    { installation: answer({ ...installation, permissions: { ...permissions, issues: 'read' } }) },
    [
      'failure GitHub/permissions: issues is read, write is needed for comments -> an owner of EESSI accepts what the App asks for: https://github.com/i',
    ],
  ],
  [
    'checks are wanted, and the App asks for none',
    { checkRuns: true },
    [
      'warning GitHub/permissions: checks is none, write is needed for check_runs = true -> give the App the permission (its page, Permissions & events), then an owner of EESSI accepts it: https://github.com/i',
      "warning GitHub/events: check_run, check_suite not sent -> tick them on the App's page, under Permissions & events",
    ],
  ],
  [
    'it is not installed anywhere',
    { installation: answer('gone' as const), installations: answer([]) },
    [
      'failure GitHub/installation: the App my-bot has no installation 2 -> install it on the target repositories: https://github.com/apps/my-bot/installations/new',
    ],
  ],
])('GitHub: %s', (_what, changes, findings) => {
  const facts = {
    ...named,
    app: answer(app),
    installation: answer(installation),
    repositories: answer({ total: 1, names: ['EESSI/software-layer'] }),
    ...changes,
  };
  expect(wrong(judgeGitHub(facts))).toEqual(findings);
});

const now = Date.parse('2025-01-05T12:00:00Z');
const sent = (guid: string, minutes: number, statusCode = 200) => ({
  id: guid,
  guid,
  deliveredAt: new Date(now - minutes * 60_000).toISOString(),
  event: 'issue_comment',
  about: 'comment' as const,
  action: 'created',
  installationId: 2,
  statusCode,
  status: statusCode === 200 ? 'OK' : 'failed to connect to host',
  seconds: 0.2,
});
const facts = {
  apiUrl: 'https://api.github.com',
  hook: { url: 'https://smee.io/x', contentType: 'json', hasSecret: true, verifiesCertificate: true },
  deliveries: [sent('a', 10)],
  received: new Map([['a', now - 10 * 60_000 + 900]]),
  signatures: 'fit' as const,
  ways: undefined,
  runsSince: now - 3_600_000,
  now,
};
it.each([
  ['all is well', {}, []],
  ['nothing was sent', { deliveries: [] }, []],
  ['one is under way', { deliveries: [sent('b', 0.1), sent('a', 10)] }, []],
  ['it was sent before the event handler was started', { received: new Map(), runsSince: now - 60_000 }, []],
  [
    'it came late, from the list',
    { received: new Map([['a', now - 5 * 60_000]]) },
    [
      "warning webhook/arrival: the delivery of 2025-01-05T11:50:00.000Z came 300 s later, fetched from GitHub's list -> restart the relay; ./bot.sh restart event_handler --event-handler-opts '--pull 30' needs none",
    ],
  ],
  [
    'nobody listens',
    { deliveries: [sent('a', 10, 502)] },
    [
      'failure webhook/answer: GitHub got 502 (failed to connect to host) for the delivery of 2025-01-05T11:50:00.000Z -> start the event handler; look at the reverse proxy, or the relay, in front of it',
    ],
  ],
  [
    'nobody listens, on purpose: --pull reads the list',
    { hook: { ...facts.hook, url: 'https://bot.invalid/' }, deliveries: [sent('a', 10, 502)] },
    [],
  ],
  [
    'nobody listens, and nobody reads the list either',
    {
      hook: { ...facts.hook, url: 'https://bot.invalid/' },
      deliveries: [sent('a', 10, 502)],
      ways: { asksItself: false },
    },
    [
      "warning webhook/answer: deliveries lead nowhere, and the event handler runs without --pull -> ./bot.sh restart event_handler --event-handler-opts '--pull 30'",
    ],
  ],
  [
    'an address that nobody answers, or late, where the event handler asks GitHub itself',
    {
      hook: { ...facts.hook, url: 'http://localhost:3000/' },
      deliveries: [sent('a', 10, 502)],
      received: new Map([['a', now - 8 * 60_000]]),
      ways: { asksItself: true, pullSeconds: 30 },
    },
    [],
  ],
  ['it is not fetched yet', { received: new Map(), ways: { asksItself: true, pullSeconds: 900 } }, []],
  [
    'it was to be fetched long ago',
    { received: new Map(), ways: { asksItself: true, pullSeconds: 30 } },
    [
      'failure webhook/arrival: the delivery of 2025-01-05T11:50:00.000Z (a) has not arrived -> its log tells why it was not fetched: ./bot.sh logs event_handler',
    ],
  ],
  [
    'none, with which GitHub lists nothing',
    { hook: { ...facts.hook, url: '' }, ways: { asksItself: true } },
    [
      expect.stringMatching(
        /^warning webhook\/address: the App has no webhook -> .*with --pull one that leads nowhere/,
      ),
    ],
  ],
  [
    'a relay that drops the signature',
    { signatures: 'missing' as const },
    [expect.stringMatching(/^failure webhook\/signature: the last deliveries have no signature -> /)],
  ],
])('a webhook: %s', (_what, changes, findings) => {
  expect(wrong(judgeWebhook({ ...facts, ...changes }))).toEqual(findings);
});

const server = 'https://github.example.org/api/v3';
it.each([
  ['https://bot.example.org/', 'https://api.github.com', true],
  ['https://10.example.org/', 'https://api.github.com', true],
  ['https://172.32.0.1/', 'https://api.github.com', true],
  ['https://10.1.2.3/', 'https://api.github.com', false],
  ['https://172.16.2.3/', 'https://api.github.com', false],
  ['https://192.168.1.1/', 'https://api.acme.ghe.com', false],
  ['https://100.64.0.7/', 'https://api.github.com', false],
  ['https://169.254.1.1/', 'https://api.github.com', false],
  ['https://[fd00::7]/', 'https://api.github.com', false],
  ['https://[fe80::7]/', 'https://api.github.com', false],
  ['https://[::ffff:10.0.0.1]/', 'https://api.github.com', false],
  ['https://10.1.2.3/', server, true],
  ['https://[fd00::7]/', server, true],
  ['http://localhost:3000/', server, false],
  ['http://127.0.0.1:3000/', server, false],
  ['http://[::1]:3000/', server, false],
  ['http://0.0.0.0:3000/', server, false],
])('a webhook at %s, for %s: can be reached %s', (url, apiUrl, can) => {
  const [address] = judgeWebhook({ ...facts, apiUrl, hook: { ...facts.hook, url } });
  expect(address).toMatchObject({ name: 'webhook/address', verdict: can ? 'ok' : 'failure' });
});

const relayUrl = 'https://smee.io/AbC';
const relayFacts = {
  setBy: 'SMEE_URL' as const,
  address: relayUrl,
  hookUrl: `${relayUrl}/`,
  probe: { kind: 'came' as const, seconds: 0.16 },
  runs: true,
  report: {
    name: 'https://smee.io/…',
    isConnected: true,
    since: '2025-01-05T11:50:00.000Z',
    why: null,
    lastEvent: null,
    reconnects: 0,
    lossesInHour: 0,
    rewritten: 0,
  },
};
it.each([
  ['all is well', {}, []],
  ['there is none', { address: '', report: undefined, probe: undefined }, []],
  ['its address was given on the command line', { address: undefined, probe: undefined }, []],
  ['no event handler runs', { runs: false, report: undefined }, []],
  [
    'GitHub sends elsewhere',
    { hookUrl: 'https://smee.io/Other' },
    [
      "failure webhook/relay-address: GitHub sends to https://smee.io/…, SMEE_URL is another channel or relay: https://smee.io/… -> write the value of SMEE_URL on the App's page, under Webhook; or that address into SMEE_URL, then ./bot.sh restart event_handler",
    ],
  ],
  ['the App has no webhook', { hookUrl: '' }, [expect.stringMatching(/relay-address: GitHub sends to nobody/)]],
  [
    'it brings nothing',
    { probe: { kind: 'failed' as const, why: 'it answers with status 403' } },
    [expect.stringMatching(/^failure webhook\/relay: it answers with status 403 -> open SMEE_URL in a browser/)],
  ],
  [
    'it is lost',
    { report: { ...relayFacts.report, isConnected: false, why: 'it answers with status 503' } },
    [
      expect.stringMatching(
        /^failure webhook\/relay-heard: https:\/\/smee.io\/… is not heard since .*: it answers with/,
      ),
    ],
  ],
  [
    'it drops',
    { report: { ...relayFacts.report, lossesInHour: 9 } },
    [expect.stringMatching(/^warning webhook\/relay-heard: .* was lost 9 times within an hour/)],
  ],
  [
    'the event handler was started with --pull',
    { report: undefined },
    [expect.stringMatching(/^warning webhook\/relay-heard: the event handler that runs hears no relay/)],
  ],
])('a relay: %s', (_what, changes, findings) => {
  expect(wrong(judgeRelay({ ...relayFacts, ...changes }))).toEqual(findings);
});

const exited = (code: number, stderr: string): ProgramResult => ({ kind: 'exited', code, stdout: '', stderr });
const noConfiguration =
  'sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host\nsbatch: error: fetch_config: DNS SRV lookup failed\nsbatch: error: _establish_config_source: failed to fetch config\nsbatch: fatal: Could not establish a configuration source\n';

it('of a command without its configuration all words are shown, and where it is to be set', () => {
  const finding = judgeCommand({
    what: 'sbatch',
    setting: 'submit_command',
    program: 'sbatch',
    result: exited(1, noConfiguration),
  });
  expect(finding.seen).toMatch(
    /Unknown host sbatch: .*fatal: Could not establish a configuration source \(exit status 1\)$/,
  );
  expect(finding.mend).toMatch(/^export SLURM_CONF=FILE/);
});

// Slurm's words are those of test/wild/slurm.
it.each([
  [
    'it starts',
    exited(0, 'sbatch: Job 7 to start at 2025-01-05T12:00:00 using 1 processors on nodes n1 in partition p'),
    'ok',
    undefined,
  ],
  ['no partition', exited(1, 'allocation failure: Invalid partition name specified'), 'failure', /--partition/],
  [
    'no account',
    exited(1, 'allocation failure: Invalid account or account/partition combination specified'),
    'failure',
    /--account/,
  ],
  ['no QOS', exited(1, 'allocation failure: Invalid qos specification'), 'failure', /--qos/],
  ['no such node', exited(1, 'allocation failure: Requested node configuration is not available'), 'failure', /sinfo/],
  ['no such GRES', exited(1, 'allocation failure: Invalid generic resource (gres) specification'), 'failure', /%G/],
  [
    'too long',
    exited(1, 'allocation failure: Requested time limit is invalid (missing or exceeds some limit)'),
    'failure',
    /--time/,
  ],
  [
    'no controller',
    exited(1, 'sbatch: error: Unable to contact slurm controller (connect failure)'),
    'failure',
    /scontrol ping/,
  ],
  [
    'no munge',
    exited(
      1,
      'sbatch: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory',
    ),
    'failure',
    /munge/,
  ],
  ['no configuration and no DNS', exited(1, noConfiguration), 'failure', /^export SLURM_CONF=FILE/],
  [
    'no configuration, for which it waits',
    {
      kind: 'timed-out',
      milliseconds: 30_000,
      stdout: '',
      stderr:
        'sbatch: error: s_p_parse_file: unable to status file /etc/slurm/slurm.conf: No such file or directory, retrying in 1sec up to 60sec\n',
    } as const,
    'failure',
    /^export SLURM_CONF=FILE/,
  ],
  [
    'a configuration that a controller has, which is down',
    exited(
      1,
      'sbatch: error: _fetch_child: failed to fetch remote configs: Unable to contact slurm controller (connect failure)\nsbatch: fatal: Could not establish a configuration source\n',
    ),
    'failure',
    /scontrol ping/,
  ],
  [
    'it hangs',
    { kind: 'timed-out', milliseconds: 30_000, stdout: '', stderr: '' } as const,
    'failure',
    /scontrol ping/,
  ],
])('a trial of a node type: %s', (_what, result, verdict, mend) => {
  const finding = judgeTrial('cpu_zen2', ['--partition=p'], result);
  expect(finding).toMatchObject({ name: 'Slurm/cpu_zen2', verdict });
  if (mend !== undefined) expect(finding.mend).toMatch(mend);
});

const machine = {
  node: 'v24.1.0',
  wantsProxy: false,
  git: 'git version 2.39.5',
  gitConfiguration: { lines: [] },
  units: [],
  lingers: false,
  killsAtLogout: false,
  account: 'bot',
  processes: [],
  workingDirectory: '/site',
};
const python = (directory: string) => ({
  pid: 9,
  words: ['python3', '/old/eessi_bot_event_handler.py', '-p', '3000'],
  directory,
});
it.each([
  ['all is well', {}, []],
  ['a proxy, and a Node that knows none', { node: 'v22.18.0', wantsProxy: true }, ['machine/node']],
  ['a proxy, and a newer Node that knows none', { node: 'v24.4.1', wantsProxy: true }, ['machine/node']],
  ['a proxy, and a Node that knows it', { node: 'v22.21.0', wantsProxy: true }, []],
  ['units that end at the logout', { units: ['bot@.service'] }, ['machine/logout']],
  ['a logout that ends all', { killsAtLogout: true }, ['machine/logout']],
  ['units of an account that lingers', { units: ['bot@.service'], lingers: true }, []],
  ['a Python bot here', { processes: [python('/site')] }, ['machine/python-bot']],
  ['a Python bot elsewhere', { processes: [python('/other')] }, ['machine/python-bot']],
  [
    'an editor with its source',
    { processes: [{ pid: 9, words: ['vim', '/old/eessi_bot_event_handler.py.orig'], directory: '/' }] },
    [],
  ],
])('a machine: %s', (_what, changes, names) => {
  const found = judgeMachine({ ...machine, ...changes }).filter(({ verdict }) => verdict !== 'ok');
  expect(found.map(({ name }) => name)).toEqual(names);
});

const daemon = {
  name: 'job_manager' as const,
  holding: { kind: 'here' as const, pid: 7, since: '2025-01-05T12:00:00.000Z' },
  died: false,
  ownProgram: '/bot',
  program: '/bot',
  failing: [],
};
it.each([
  ['this program', {}, 'ok'],
  ['another clone', { program: '/elsewhere' }, 'warning'],
  ['an older version', { changedAt: '2025-01-06T12:00:00.000Z' }, 'warning'],
  ['none', { holding: { kind: 'none' as const } }, 'not looked at'],
  ['one that was killed', { holding: { kind: 'none' as const }, died: true }, 'warning'],
  ['reseal in its place', { holding: { kind: 'reseal' as const, pid: 8, host: 'a' } }, 'not looked at'],
  ['a lease that cannot be read', { holding: { kind: 'unknown' as const, path: '/l' } }, 'failure'],
])('a daemon: %s', (_what, changes, verdict) => {
  expect(judgeDaemon({ ...daemon, ...changes })).toMatchObject([{ name: 'state/job_manager', verdict }]);
});

it('what a daemon has trouble with is a finding', () => {
  const at = '2025-01-05T12:00:00.000Z';
  const failing = [{ kind: 'upload' as const, count: 2, since: at, last: at, words: 'access denied' }];
  expect(judgeDaemon({ ...daemon, failing }).map(({ name }) => name)).toEqual([
    'state/job_manager',
    'state/job_manager-upload',
  ]);
});

it.each([
  ['removed', exited(0, ''), 'ok', undefined],
  ['left behind', exited(0, "'k' was stored and read back, and is still there: …"), 'warning', undefined],
  [
    'refused',
    exited(
      1,
      "Could not store 'k' in bucket 'b' at https://s3: status 403 (InvalidAccessKeyId): the credentials are not accepted; correct AWS_ACCESS_KEY_ID.",
    ),
    'failure',
    'correct AWS_ACCESS_KEY_ID',
  ],
  [
    'a clock',
    exited(
      1,
      "Could not store 'k' in bucket 'b' at https://s3: status 403 (RequestTimeTooSkewed): the clocks of this machine and of the store differ; set this machine's clock.",
    ),
    'failure',
    "set this machine's clock",
  ],
])('a probe of the bucket: %s', (_what, result, verdict, mend) => {
  const finding = judgeProbe('b', result);
  expect(finding).toMatchObject({ name: 'upload/probe of b', verdict });
  if (mend !== undefined) expect(finding.mend).toBe(mend);
});

const signing = { repository: 'r', key: '/k', keyMode: 0o600, script: '/s', hasScript: true, hasPassphrase: true };
it.each([
  ['all there', {}, 'ok'],
  ['no script', { hasScript: false }, 'failure'],
  ['a key that others read', { keyMode: 0o644 }, 'warning'],
  ["a script of the job's directory", { script: 'sign.sh' }, 'not looked at'],
])('signing: %s', (_what, changes, verdict) => {
  expect(judgeSigning({ ...signing, ...changes })).toMatchObject({ verdict });
});

const listed = (stdout: string) => ({ kind: 'exited', code: 0, stdout, stderr: '' }) as const;
const refusedBy = (stderr: string) => ({ kind: 'exited', code: 2, stdout: '', stderr }) as const;

it.each<[string, ProgramResult, string]>([
  [
    'with all that is named',
    listed('./\n./eessi.io/\n./eessi.io/a.pub\n./default.local\n'),
    'ok /b: 3 entries, with all that config_map names (2)',
  ],
  [
    'of names without a dot',
    listed('eessi.io/a.pub\ndefault.local\n'),
    'ok /b: 2 entries, with all that config_map names (2)',
  ],
  ['without a file', listed('eessi.io/a.pub\n'), 'failure /b has no default.local'],
  [
    'below another directory',
    listed('cfg/eessi.io/a.pub\ncfg/default.local\n'),
    'failure /b has no eessi.io/a.pub, default.local',
  ],
  ['with nothing in it', listed(''), 'failure /b: there is nothing in it'],
  [
    'that is a page',
    refusedBy('tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n'),
    'failure /b: This does not look like a tar archive',
  ],
  [
    'of another compression than its name says',
    refusedBy(
      '\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n',
    ),
    'failure /b: gzip: stdin: not in gzip format',
  ],
  [
    'whose compression this machine cannot read',
    refusedBy(
      'tar (child): zstd: Cannot exec: No such file or directory\ntar (child): Error is not recoverable: exiting now\n',
    ),
    'failure /b: zstd: Cannot exec: No such file or directory',
  ],
  [
    'that may not be read',
    refusedBy('tar: /b: Cannot open: Permission denied\ntar: Error is not recoverable: exiting now\n'),
    'failure /b: /b: Cannot open: Permission denied',
  ],
  [
    'on a file system that hangs',
    { kind: 'timed-out', milliseconds: 1, stdout: '', stderr: '' },
    'failure /b: tar did not answer within 0.001 s',
  ],
  [
    'without tar',
    { kind: 'not-started', code: 'ENOENT', message: 'there is no tar' },
    'not looked at tar does not run: there is no tar',
  ],
])('a bundle %s', (_what, listing, expected) => {
  const files = ['eessi.io/a.pub', 'default.local'];
  const { verdict, seen, mend } = judgeBundle({ repository: 'R', path: '/b', files, listing });
  expect(`${verdict} ${seen}`).toBe(expected);
  expect(mend !== undefined).toBe(verdict === 'failure');
});

const got = (statusCode: number, status: string) => ({ statusCode, status, seconds: 0.4 });

it.each<[string, Omit<Parameters<typeof judgeRedelivery>[0], 'withinSeconds'>, string]>([
  ['that the event handler took', { attempt: got(200, 'OK'), relayed: undefined }, 'ok GitHub got 200 within 0.4 s'],
  [
    'that came through the relay',
    { attempt: got(200, 'OK'), relayed: 'fits' },
    'ok GitHub got 200 within 0.4 s; the relay has brought it, with its signature',
  ],
  [
    'that the relay wrote anew',
    { attempt: got(200, 'OK'), relayed: 'does not fit' },
    "ok GitHub got 200 within 0.4 s; the relay has brought it rewritten, so that the signature fits no more: the event handler fetches such from GitHub's list",
  ],
  [
    'that the relay dropped',
    { attempt: got(200, 'OK'), relayed: 'did not come' },
    'failure GitHub got 200 within 0.4 s, and the relay has not brought it within 30 s',
  ],
  [
    'that nobody answered',
    { attempt: got(502, 'failed to connect to host'), relayed: undefined },
    'failure GitHub got 502 (failed to connect to host) when it sent it once more',
  ],
  ['that GitHub keeps', { attempt: undefined, relayed: undefined }, 'failure GitHub has not sent it within 30 s'],
])('a delivery %s, sent once more', (_what, facts, expected) => {
  const { verdict, seen } = judgeRedelivery({ ...facts, withinSeconds: 30 });
  expect(`${verdict} ${seen}`).toBe(expected);
});
