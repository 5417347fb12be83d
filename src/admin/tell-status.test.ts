import { expect, it } from 'vitest';
import type { DaemonFacts } from '../daemon/read-daemon.ts';
import type { Trouble, TroubleKind } from '../daemon/troubles.ts';
import type { SiteFacts } from './read-facts.ts';
import { tellStatus } from './tell-status.ts';

const now = new Date('2025-01-05T12:00:00Z');
const runs: DaemonFacts = {
  state: 'runs',
  isMissed: false,
  number: 3,
  holder: { host: 'login1', pid: 12, since: '2025-01-04T08:00:00.000Z' },
  lastSign: '2025-01-05T11:59:55.000Z',
};
const fine: SiteFacts = {
  stateDir: '/jobs/.bot',
  units: {},
  daemons: { 'event handler': runs, 'job manager': { ...runs, number: 1 } },
  waiting: { deliveries: [], orders: [] },
  setAside: [],
  jobs: { handedOver: 0, followed: { submitted: 2, running: 1 }, unusable: [], untold: [] },
  eventHandler: {
    at: '2025-01-05T11:59:50.000Z',
    lastComparison: '2025-01-05T11:56:00.000Z',
    failure: null,
    missing: 0,
    configurationProblems: [],
    failing: [],
  },
  jobManager: { at: '2025-01-05T11:59:30.000Z', queueReadAt: '2025-01-05T11:59:30.000Z', troubles: [], failing: [] },
  ledger: { entries: 4 },
  deploymentsWait: [],
  pollIntervalSeconds: 60,
};

it('one screen', () => {
  expect(tellStatus(fine, now)).toEqual({
    needsHuman: [],
    lines: [
      'state directory  /jobs/.bot',
      'event handler    runs since 2025-01-04T08:00:00.000Z (process 12 on login1, number 3)',
      'job manager      runs since 2025-01-04T08:00:00.000Z (process 12 on login1, number 1)',
      'inbox            0 wait; 0 set aside',
      'orders           0 wait; 0 set aside',
      'jobs             2 submitted, 1 running; 0 handed over and not taken yet; 0 set aside',
      'queue            read at 2025-01-05T11:59:30.000Z',
      "GitHub's list    compared at 2025-01-05T11:56:00.000Z; 0 deliveries to be fetched",
      'ledger           4 entries',
      '',
      'All is fine.',
    ],
  });
});

it('what jobs can write is a warning, and needs nobody', () => {
  const warnings = ['any account of this machine can write /data'];
  const { needsHuman, lines } = tellStatus({ ...fine, eventHandler: { ...fine.eventHandler, warnings } as never }, now);
  expect(needsHuman).toEqual([]);
  expect(lines.slice(-3)).toEqual(['All is fine.', '', '1 warning of what jobs can reach: ./bot.sh check shows it.']);
});

it.each`
  said                                                                                   | open            | lines                                                  | needsHuman
  ${[]}                                                                                  | ${[]}           | ${[]}                                                  | ${[]}
  ${[{ name: 'a.json', what: 'waits for jobs that have not ended: 11' }]}                | ${['a.json']}   | ${['a.json waits for jobs that have not ended: 11']}   | ${[]}
  ${[{ name: 'a.json', what: 'failed once, and is tried again at T: no', fails: true }]} | ${['a.json']}   | ${['a.json failed once, and is tried again at T: no']} | ${['the order a.json failed once, and is tried again at T: no']}
  ${[{ name: 'gone.json', what: 'waits' }]}                                              | ${['new.json']} | ${['new.json waits for the job manager']}              | ${[]}
  ${undefined}                                                                           | ${['a.json']}   | ${['a.json waits for the job manager']}                | ${[]}
`('of the open orders $open the job manager says $said', ({ said, open, lines, needsHuman }) => {
  const { jobManager, waiting } = fine;
  const facts = {
    ...fine,
    waiting: { ...waiting, orders: open },
    jobManager: { ...jobManager, orders: said } as never,
  };
  const status = tellStatus(facts, now);
  const begin = status.lines.findIndex((line) => line.startsWith('orders '));
  const shown = status.lines.slice(
    begin + 1,
    status.lines.findIndex((line) => line.startsWith('jobs ')),
  );
  expect(shown.map((line) => line.trim())).toEqual(lines);
  expect(status.needsHuman).toEqual(needsHuman);
});

it('shows twenty open orders, and how many more there are', () => {
  const orders = Array.from({ length: 23 }, (_, index) => `${index}.json`);
  const { lines } = tellStatus({ ...fine, waiting: { deliveries: [], orders } }, now);
  expect(lines.filter((line) => line.includes('.json'))).toHaveLength(20);
  expect(lines).toContain('                 and 3 more');
});

const daemons = (change: Partial<DaemonFacts> | undefined): Partial<SiteFacts> => ({
  daemons: { ...fine.daemons, 'job manager': change && { ...runs, ...change } },
});
const troubles = (...all: { subject: string; what: string }[]): Partial<SiteFacts> => ({
  jobManager: { at: '2025-01-05T11:59:30.000Z', queueReadAt: '2025-01-05T11:59:30.000Z', troubles: all, failing: [] },
});
const eventHandler = (change: object): Partial<SiteFacts> => ({
  eventHandler: { ...(fine.eventHandler as NonNullable<SiteFacts['eventHandler']>), ...change },
});

const failing = (kind: TroubleKind, words: string): Trouble => ({
  kind,
  count: 3,
  since: '2025-01-05T11:00:00.000Z',
  last: '2025-01-05T11:59:00.000Z',
  words,
});

it.each<[string, Partial<SiteFacts>, RegExp | undefined]>([
  ['never started', daemons(undefined), /^the job manager was never started: start it$/],
  ['ended', daemons({ state: 'ended' }), /^the job manager ended at .* \(process 12 on login1, number 3\): start it$/],
  [
    'died',
    daemons({ state: 'died' }),
    /^the job manager died, or its machine is gone: last sign at 2025-01-05T11:59:55/,
  ],
  [
    'not running while reseal has its lease',
    daemons({
      state: 'ended',
      isReplaced: true,
      holder: { host: 'login1', pid: 12, since: '2025-01-04T08:00:00.000Z', by: 'reseal' },
    }),
    /^the job manager does not run; \.\/bot\.sh reseal is at work in its place since 2025-01-04T08:00:00\.000Z \(process 12 on login1, number 3\): wait until that has ended, then start it$/,
  ],
  [
    'not running since reseal had its lease',
    daemons({ state: 'ended', holder: { host: 'login1', pid: 12, since: '2025-01-04T08:00:00.000Z', by: 'reseal' } }),
    /^the job manager does not run; \.\/bot\.sh reseal had its lease, last at 2025-01-05T11:59:55\.000Z \(process 12 on login1, number 3\): start it$/,
  ],
  [
    'an edit that is not valid',
    eventHandler({ configurationProblems: ['app.cfg:3: …'] }),
    /^the edited configuration is not in force: app\.cfg:3: …$/,
  ],
  [
    'an edited command that starts with a restart only',
    eventHandler({ awaitingRestart: ['app.cfg:3: [buildenv] submit_command: was edited'] }),
    /^event handler: app\.cfg:3: \[buildenv\] submit_command: was edited$/,
  ],
  [
    'GitHub refuses its list',
    eventHandler({ failure: 'GitHub answered 401' }),
    /comparison with GitHub's list failed: GitHub answered 401$/,
  ],
  [
    'a delivery that just came',
    { waiting: { deliveries: ['2025-01-05T11-59-59.000Z_0_g.json'], orders: [] } },
    undefined,
  ],
  [
    'a delivery that waits for two hours',
    { waiting: { deliveries: ['2025-01-05T10-00-00.000Z_0_g.json'], orders: [] } },
    /^a delivery has waited since 2025-01-05T10:00:00\.000Z: the event handler's log tells why/,
  ],
  [
    'a queue that was not read for an hour',
    {
      jobManager: {
        at: '2025-01-05T11:59:30.000Z',
        queueReadAt: '2025-01-05T11:00:00.000Z',
        troubles: [],
        failing: [],
      },
    },
    /^the queue was last read at 2025-01-05T11:00:00\.000Z/,
  ],
  [
    'an unreadable queue',
    troubles({ subject: 'queue', what: 'squeue did not answer within 30 s' }),
    /^the job manager has trouble with queue: squeue did not answer within 30 s$/,
  ],
  [
    'an unreadable queue that is counted, told once',
    {
      jobManager: {
        ...(fine.jobManager as NonNullable<SiteFacts['jobManager']>),
        troubles: [{ subject: 'queue', what: 'squeue: no such program' }],
        failing: [failing('queue', 'squeue: no such program')],
      },
    },
    /^job manager: the queue cannot be read \(3 times since 2025-01-05T11:00:00\.000Z\): squeue: no such program$/,
  ],
  [
    'clones that fail',
    eventHandler({ failing: [{ ...failing('clone', 'could not resolve host: github.com'), count: 1 }] }),
    /^event handler: repositories cannot be fetched \(once since 2025-01-05T11:00:00\.000Z\): could not resolve host: github\.com$/,
  ],
  [
    'a daemon that cannot write its report',
    eventHandler({ at: '2025-01-05T11:00:00.000Z' }),
    /^the event handler runs, and has reported nothing since 2025-01-05T11:00:00\.000Z: its log tells why; can it write in state_dir/,
  ],
  [
    'a job without metadata',
    troubles({ subject: '7', what: '/j has no metadata file' }),
    /^the job manager has trouble with job 7: \/j has no metadata file$/,
  ],
  [
    'a job whose record is damaged, told once',
    {
      ...troubles({ subject: '7', what: 'is not JSON' }),
      jobs: { ...fine.jobs, unusable: [{ id: '7', why: '/j/_bot_job.json is not JSON' }] },
    },
    /^job 7 cannot be followed: \/j\/_bot_job\.json is not JSON$/,
  ],
  [
    'a comment that was given up',
    { jobs: { ...fine.jobs, untold: [{ id: '7', why: 'the conversation is locked' }] } },
    /^job 7 is followed, and told to nobody: the conversation is locked$/,
  ],
  [
    'something set aside',
    { setAside: [{ kind: 'order', name: 'n', path: '/f/n', why: 'it failed again and again', since: 'T' }] },
    /^an order was set aside at T: it failed again and again \(\/f\/n; when the reason is gone: \.\/bot\.sh replay n; where it is not wanted any more: \.\/bot\.sh drop n\)$/,
  ],
  [
    'a job set aside',
    { setAside: [{ kind: 'job', name: '7', path: '/ids/failed/7', why: 'it failed again and again', since: 'T' }] },
    /^job 7 was set aside at T: it failed again and again \(\/ids\/failed\/7; when the reason is gone: \.\/bot\.sh replay 7; where it is not wanted any more: \.\/bot\.sh drop 7\)$/,
  ],
  [
    'a damaged delivery, which cannot be replayed',
    {
      setAside: [
        { kind: 'delivery', name: 'n.json.damaged', path: '/f/n.json.damaged', why: 'it is empty', since: 'T' },
      ],
    },
    /^a delivery was set aside at T: it is empty \(\/f\/n\.json\.damaged; what GitHub still lists of it was fetched anew; to drop it: \.\/bot\.sh drop n\.json\.damaged\)$/,
  ],
  [
    'something set aside because of its seal',
    {
      setAside: [
        {
          kind: 'order',
          name: 'n',
          path: '/f/n',
          why: 'it has no seal; check it, then accept it with ./bot.sh replay --reseal, or give it up with ./bot.sh drop',
          since: 'T',
        },
      ],
    },
    /when the reason is gone: \.\/bot\.sh replay --reseal n;/,
  ],
  [
    'the same, set aside by an earlier version',
    {
      setAside: [
        {
          kind: 'order',
          name: 'n',
          path: '/f/n',
          why: 'it has no seal; look at it, then have it gone on with as it is by bot-admin replay --reseal, or give it up by bot-admin drop',
          since: 'T',
        },
      ],
    },
    /when the reason is gone: \.\/bot\.sh replay --reseal n;/,
  ],
  [
    'what was uploaded before is not known',
    { deploymentsWait: ['/state/uploaded-before.json is damaged: put it back'] },
    /^deployments wait: \/state\/uploaded-before\.json is damaged/,
  ],
  [
    'a ledger that was changed',
    { ledger: { entries: 4, brokenLine: 2 } },
    /^line 2 of the ledger is not what was written/,
  ],
])('needs a human: %s', (_what, change, sentence) => {
  const { needsHuman, lines } = tellStatus({ ...fine, ...change }, now);
  expect(needsHuman).toEqual(sentence === undefined ? [] : [expect.stringMatching(sentence)]);
  expect(lines.includes('All is fine.')).toBe(sentence === undefined);
});

it('what a program printed stands in one line', () => {
  const { lines } = tellStatus(
    { ...fine, ...troubles({ subject: 'queue', what: 'squeue: no host\nsqueue: fatal: none' }) },
    now,
  );
  expect(lines.at(-1)).toBe('- the job manager has trouble with queue: squeue: no host squeue: fatal: none');
});

it('needs a human: a configuration that is not valid', () => {
  const { needsHuman, lines } = tellStatus(fine, now, 'app.cfg is not valid');
  expect(needsHuman).toEqual(['app.cfg is not valid']);
  expect(lines).not.toContain('All is fine.');
});
