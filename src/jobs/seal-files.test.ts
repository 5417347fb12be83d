import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkBeforeWrites } from '../outside/files/check-before-writes.ts';
import { Seal, sealOf, withoutSeal } from '../outside/files/seal.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { handOver, linkJob } from './handovers.ts';
import { enterSealed, reseal, sealSetAside } from './seal-files.ts';
import { listSealedFiles } from './sealed-files.ts';

const newSeal = () =>
  Seal.ofPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const seal = newSeal();
const changed = newSeal();

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seal-files-'));
});
afterEach(async () => {
  checkBeforeWrites(async () => {});
  await rm(root, { recursive: true, maxRetries: 10 });
});

const places = () => ({ stateDir: join(root, 'state'), jobsBaseDir: join(root, 'jobs'), jobIdsDir: join(root, 'ids') });
const enter = (with_ = seal) =>
  enterSealed(places(), with_, { stop: new AbortController().signal, say: () => {}, lookAgainMilliseconds: 5 });

const pr = 'jobs/2026.03/pr_9';
const files = [
  'state/inbox/new/1_g-1.json',
  'state/inbox/done/0_g-0.json',
  'state/inbox/failed/2_g-2.json',
  'state/inbox/plans/g-1.json',
  'state/orders/1_g-3.json',
  'state/orders/done/0_g-4.json',
  'state/orders/failed/2_g-5.json',
  'state/pulls/o/r/9.json',
  `${pr}/event_g-1/run_000/x86_64/zen2/R1/_bot_job.json`, // of an open plan, not submitted yet
  `${pr}/event_g-0/run_000/x86_64/zen2/R1/_bot_job.json`, // handed over
  `${pr}/event_g-0/run_000/x86_64/zen3/R1/_bot_job.json`, // followed
  `${pr}/event_g-0/run_000/x86_64/zen4/R1/_bot_job.json`, // set aside
  `${pr}/event_g-0/run_001/x86_64/zen2/R1/_bot_job.json`, // finished
  `${pr}/event_g-0/run_001/x86_64/zen3/R1/_bot_job.json`, // only linked beside its pull request
  'state/pulls/group+o/r/9.json', // of group/o/r
  'state/previews/group+o/r/9.json',
] as const;
const others = ['state/recovery.json', 'state/inbox/failed/3_g-6.json.damaged', 'state/inbox/failed/2_g-2.json.why'];

/** What an earlier version left. */
async function makeEarlierSite(): Promise<void> {
  for (const file of [...files, ...others]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), `{\n  "file": "${file}"\n}\n`);
  }
  const job = (index: number, id: string) => ({ id: id as JobId, directory: dirname(join(root, files[index] ?? '')) });
  await handOver(join(root, 'state'), job(9, '10'));
  for (const [index, stage] of [
    [10, 'submitted'],
    [11, 'failed'],
    [12, 'finished'],
  ] as const) {
    await mkdir(join(root, 'ids', stage), { recursive: true });
    await linkJob(join(root, 'ids', stage), job(index, String(index)));
  }
  await linkJob(join(root, pr), job(13, '13'));
}

const textOf = (file: string) => readFile(join(root, file), 'utf8');
/** The files that `of` opens. */
async function opened(of = seal): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, place, path } of listSealedFiles(places())) {
    const reading = of.open(kind, place, await readFile(path, 'utf8'));
    if (reading.kind === 'text') found.push(path.slice(root.length + 1));
  }
  return found.sort();
}

it('at the first start all that an earlier version left is sealed where it lies, and nothing else', async () => {
  await makeEarlierSite();
  expect(await enter()).toEqual({ kind: 'sealed', taken: files.length });
  expect(await opened()).toEqual([...files].sort());
  for (const file of files) expect(JSON.parse(withoutSeal(await textOf(file)))).toEqual({ file });
  for (const file of others) expect(await textOf(file)).toBe(`{\n  "file": "${file}"\n}\n`);
  expect(await enter()).toEqual({ kind: 'sealed', taken: 0 });
});

it('where there is nothing yet there is nothing to seal', async () => {
  expect([await enter(), await enter()]).toEqual([
    { kind: 'sealed', taken: 0 },
    { kind: 'sealed', taken: 0 },
  ]);
});

it('a first start with a wrong key, which left nothing, is begun anew with the right one', async () => {
  await enter(changed);
  expect([await enter(), await enter()]).toEqual([
    { kind: 'sealed', taken: 0 },
    { kind: 'sealed', taken: 0 },
  ]);
});

it('what comes without a seal later is not sealed by a later start', async () => {
  await makeEarlierSite();
  await enter();
  const forged = 'state/orders/5_forged.json';
  await writeFile(join(root, forged), '{"kind":"deploy"}');
  expect(await enter()).toEqual({ kind: 'sealed', taken: 0 });
  expect(sealOf(await textOf(forged))).toBeUndefined();
});

it('a record that names a cluster is not sealed: an admin looks at it first', async () => {
  await makeEarlierSite();
  const [named, nameless] = [files[10], files[11]];
  for (const [file, cluster] of [
    [named, 'evil'],
    [nameless, ''],
  ] as const)
    await writeFile(join(root, file), `{"submission":{"kind":"submitted","id":"7","cluster":"${cluster}"}}`);
  await enter();
  expect([sealOf(await textOf(named)), sealOf(await textOf(nameless))]).toEqual([undefined, expect.any(String)]);
  const link = { kind: 'job', name: '10', path: join(root, 'ids/submitted/10'), why: '' } as const;
  await sealSetAside(link, join(root, 'state'), seal);
  expect(await opened()).toContain(named);
});

it('two daemons that start at once do it once', async () => {
  await makeEarlierSite();
  const entries = await Promise.all([enter(), enter()]);
  expect(entries.map((entry) => entry.kind === 'sealed' && entry.taken).toSorted()).toEqual([0, files.length]);
  expect(await opened()).toHaveLength(files.length);
});

it('killed before any of its writes, it is done by the next start', async () => {
  await makeEarlierSite();
  for (let writes = 0, done = false; !done; writes += 3) {
    let left = writes;
    checkBeforeWrites(async () => {
      if (left-- <= 0) throw new Error('killed');
    });
    await cp(root, `${root}.copy`, { recursive: true, verbatimSymlinks: true });
    done = await enter().then(
      () => true,
      () => false,
    );
    checkBeforeWrites(async () => {});
    // The lease of a process that is gone is free at once; this one lives on.
    await rm(join(root, 'state/locks'), { recursive: true, force: true });
    expect((await enter()).kind).toBe('sealed');
    expect(await opened()).toEqual([...files].sort());
    if (done) break;
    await rm(root, { recursive: true });
    await cp(`${root}.copy`, root, { recursive: true, verbatimSymlinks: true });
    await rm(`${root}.copy`, { recursive: true });
  }
  await rm(`${root}.copy`, { recursive: true, force: true });
});

it.each`
  what                                       | spoil                                                                        | with_      | says
  ${'the key is another one'}                | ${async () => {}}                                                            | ${changed} | ${/seal\.json has a seal that is not of this text/}
  ${'the marker is forged'}                  | ${() => writeFile(join(root, 'state/seal.json'), '{"state": "all sealed"}')} | ${seal}    | ${/seal\.json has no seal/}
  ${'the marker is gone, and files are not'} | ${() => rm(join(root, 'state/seal.json'))}                                   | ${seal}    | ${/seal\.json is missing, and \S+1_g-1\.json carries a seal/}
`('nothing is taken over where $what: the daemon says what to type', async ({ spoil, with_, says }) => {
  await makeEarlierSite();
  await enter();
  await spoil();
  const entry = await enter(with_);
  const message = entry.kind === 'refused' ? entry.message : entry.kind;
  expect(message).toMatch(says);
  expect(message).toContain('./bot.sh reseal --previous-key FILE');
  expect(message).toContain('./bot.sh reseal --trust-all');
  expect(await opened()).toHaveLength(files.length);
});

it('after the key was changed, what the previous one has sealed is sealed anew, and what was forged is not', async () => {
  await makeEarlierSite();
  await enter();
  const forged = join(root, 'state/orders/5_forged.json');
  await writeFile(forged, '{"kind":"deploy"}');
  expect(await reseal(places(), changed, newSeal())).toMatchObject({ problem: expect.stringMatching(/neither/) });
  expect(await opened()).toHaveLength(files.length);
  const outcome = { written: files.length, refused: [forged] };
  expect(await reseal(places(), changed, seal)).toEqual(outcome);
  expect([await opened(), await opened(changed)]).toEqual([[], [...files].sort()]);
  expect(await enter(changed)).toEqual({ kind: 'sealed', taken: 0 });
  expect(await reseal(places(), changed, seal)).toEqual({ written: 0, refused: [forged] });
});

it('killed in the midst of sealing anew, it is done by typing it again; until then no daemon begins', async () => {
  await makeEarlierSite();
  await enter();
  let left = 7;
  checkBeforeWrites(async () => {
    if (left-- <= 0) throw new Error('killed');
  });
  await expect(reseal(places(), changed, seal)).rejects.toThrow('killed');
  checkBeforeWrites(async () => {});
  const [before, after] = [await opened(), await opened(changed)];
  expect([before.length > 0, after.length > 0, before.length + after.length]).toEqual([true, true, files.length]);
  expect((await enter(changed)).kind).toBe('refused');
  expect(await reseal(places(), changed, seal)).toEqual({ written: before.length, refused: [] });
  expect([await opened(changed), (await enter(changed)).kind]).toEqual([[...files].sort(), 'sealed']);
});

it('where the previous key is lost, the admin has whatever lies there sealed', async () => {
  await makeEarlierSite();
  await enter();
  await writeFile(join(root, 'state/orders/5_mine.json'), '{"kind":"deploy"}');
  await writeFile(join(root, 'state/orders/6_half.json'), '{"kind":');
  expect(await reseal(places(), changed, 'trust all')).toEqual({
    written: files.length + 1,
    refused: [join(root, 'state/orders/6_half.json')],
  });
  expect(await enter(changed)).toEqual({ kind: 'sealed', taken: 0 });
  expect((await opened(changed)).map((path) => basename(path))).toContain('5_mine.json');
  expect((await readdir(join(root, 'state'))).sort()).toContain('seal.json');
});
