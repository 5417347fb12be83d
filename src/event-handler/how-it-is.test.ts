import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Troubles } from '../daemon/troubles.ts';
import { readReport, reporter } from '../jobs/reports.ts';
import { eventHandlerReporter, health } from './how-it-is.ts';

it('writes a report once for all that happens before it begins, however much that is', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'report-'));
  onTestFinished(() => rm(stateDir, { recursive: true }));
  const log = { info: vi.fn(), warn: vi.fn() } as never;
  const troubles = new Troubles(log);
  const health = vi.fn(() => ({ lastComparison: null, failure: null, missing: 0 }));
  const settingsFile = { inForce: { stateDir }, problems: [], awaitingRestart: [] };
  const report = eventHandlerReporter({
    recovery: { health },
    troubles,
    places: { warnings: [] },
    settingsFile,
    log,
  } as never);
  troubles.onChange(() => void report());
  for (let times = 0; times < 1000; times += 1) troubles.report('signature', 'wrong');
  await report();
  expect(health).toHaveBeenCalledTimes(1);
  expect((await readReport(stateDir, 'event handler'))?.failing).toMatchObject([{ kind: 'signature', count: 1000 }]);
  expect(troubles.open).toHaveLength(1);
});

const token = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';
const hostile = `open '/home/bot dir/key.pem': \u001b[2J\u009b2J\u202e${token} at /srv/x`;
const trouble = { kind: 'upload', count: 1, since: hostile, last: hostile, words: hostile } as const;
const problem = { file: '/home/bot/app.cfg', line: 3, section: 's', key: hostile, value: hostile, message: hostile };

/** What is answered where nothing is wrong but what is given. */
async function answered(place: string, told: object = {}) {
  return await health({
    inbox: { storage: async () => ({ count: { waiting: 0, failed: 0 }, problem: null }) },
    recovery: { health: () => ({ lastComparison: null, failure: null, missing: 0 }) },
    troubles: { open: [] },
    places: { warnings: [] },
    settingsFile: { current: () => settingsIn(place), problems: [] },
    ...told,
  } as never);
}

const clock = { now: () => new Date(), monotonic: () => 0 } as never;
const log = { info: () => {}, warn: () => {} };

it.each<[string, (place: string) => unknown]>([
  ['storage', () => ({ inbox: { storage: async () => ({ count: null, problem: hostile }) } })],
  ['recovery', () => ({ recovery: { health: () => ({ lastComparison: hostile, failure: hostile, missing: 0 }) } })],
  ['configurationProblems', (place) => ({ settingsFile: { current: () => settingsIn(place), problems: [problem] } })],
  ['failing, of the event handler', () => ({ troubles: { open: [trouble] } })],
  [
    'failing and jobManagerTroubles, of the job manager',
    (place) =>
      reporter('job manager', new Troubles(log))(
        place,
        { troubles: [{ subject: hostile, what: hostile }], failing: [trouble] },
        clock,
        log,
      ),
  ],
  [
    'setAside',
    async (place) => {
      await mkdir(join(place, 'inbox/failed'), { recursive: true });
      await writeFile(join(place, `inbox/failed/2026-03-10T12-00-00.000Z_${hostile.replaceAll('/', '_')}.json`), '{}');
    },
  ],
  ['storage, of what was set aside', async (place) => await writeFile(join(place, 'inbox'), '')],
])('shows neither a path, a secret nor a control character that stands in %s', async (_, arrange) => {
  const place = await mkdtemp(join(tmpdir(), `health-${token}-`));
  onTestFinished(() => rm(place, { recursive: true }));
  const answer = JSON.stringify(await answered(place, (await arrange(place)) as object | undefined));
  expect(answer).toMatch(/\(path\)|\(secret\)/); // it was told
  expect(answer).not.toMatch(/\/(?:home|srv|tmp)|dir\/key|ghs_/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(answer).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]|(?<!\\)\\u00/);
});

it('tells how many warnings there are, and none of their words; they are no reason for 503', async () => {
  const place = await mkdtemp(join(tmpdir(), 'health-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const answer = await answered(place, { places: { warnings: ['any account can change private_key', 'another'] } });
  expect(answer).toMatchObject({ ok: true, warnings: 2 });
  expect(JSON.stringify(answer)).not.toContain('private_key');
});

const settingsIn = async (place: string) => ({ stateDir: place, jobManager: { jobIdsDir: join(place, 'ids') } });

const since = '2026-03-10T12:00:00.000Z';
const elsewhere = { version: 1, number: 1, token: 't', host: 'another-node', pid: 7, processStart: '7', since };

it.each`
  jobManager                                       | lease                                 | ageSeconds | state        | ok
  ${'never ran with this state directory'}         | ${undefined}                          | ${0}       | ${undefined} | ${true}
  ${'runs on another node'}                        | ${elsewhere}                          | ${40}      | ${'runs'}    | ${true}
  ${'on another node was silent for a minute'}     | ${elsewhere}                          | ${60}      | ${'died'}    | ${false}
  ${'of this node died just now, and may restart'} | ${{ ...elsewhere, host: hostname() }} | ${10}      | ${'died'}    | ${true}
  ${'of this node died a minute ago'}              | ${{ ...elsewhere, host: hostname() }} | ${60}      | ${'died'}    | ${false}
  ${'was stopped just now'}                        | ${{ ...elsewhere, released: since }}  | ${10}      | ${'ended'}   | ${true}
  ${'was stopped a minute ago'}                    | ${{ ...elsewhere, released: since }}  | ${60}      | ${'ended'}   | ${false}
`('a job manager that $jobManager: ok is $ok', async ({ lease, ageSeconds, state, ok }) => {
  const place = await mkdtemp(join(tmpdir(), 'health-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const ofFileServer = Date.now() / 1000 - 7200; // whose clock is two hours behind ours
  const write = async (kind: string, text: object, renewed: number) => {
    const path = join(place, `locks/${kind}.1.lease`);
    await writeFile(path, JSON.stringify(text));
    await utimes(path, renewed, renewed);
  };
  await mkdir(join(place, 'locks'));
  await write('event handler', elsewhere, ofFileServer);
  if (lease) await write('job manager', lease, ofFileServer - ageSeconds);
  const told = await answered(place);
  expect(told.ok).toBe(ok);
  expect(told.jobManager?.state).toBe(state);
  expect(told.failing.map(({ what }) => what)).toEqual(
    ok ? [] : [expect.stringMatching(/^the job manager (died|ended).*last sign at .*; start it$/)],
  );
});
