import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { machineClock } from '../../daemon/clock.ts';
import { readJobRecord } from '../../jobs/job-record.ts';
import { Unavailable } from '../../jobs/judge-error.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { GitFailure, ReadChange } from '../../outside/git/git.ts';
import type { Tools } from '../tools.ts';
import { buildCommand } from './build-command.ts';
import type { BuildOrder } from './build-order.ts';
import type { BuildTarget } from './build-target.ts';

const head = 'c0ffee'.padEnd(40, '0');

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'build-command-'));
});
afterAll(() => rm(directory, { recursive: true }));

const failing = (message: string) => ({ kind: 'failed', step: 'clone', message }) as const;
const noSuchRepository = failing(
  "remote: Repository not found.\nfatal: repository 'https://github.com/O/R/' not found",
);
const away = {
  ...failing("fatal: unable to access 'https://github.com/O/R/': The requested URL returned error: 503"),
  mayPass: true,
} as const;

/** A site of its own, with a git and a Slurm that do as they are told; what was submitted. */
function siteOf(name: string) {
  const stateDir = join(directory, name, 'state');
  const example = exampleSettings();
  const settings = { ...example, stateDir, build: { ...example.build, jobsBaseDir: join(directory, name) } };
  const submitted: string[] = [];
  const git = {
    fetching: undefined as GitFailure | undefined,
    reading: undefined as GitFailure | undefined,
    madeFirst: (_place: string) => {},
    /** Directories whose names hold it cannot be made. */
    noRoomFor: 'none',
    /** Until when the mirror is used. */
    until: undefined as Promise<unknown> | undefined,
    fetchMirror: async (_: unknown, __: string, ___: unknown, until: Promise<unknown>) => {
      git.until = until;
      return git.fetching ?? { kind: 'fetched', baseSha: 'ba5e', headSha: head };
    },
    readChange: async (_: unknown, file: string) => {
      await writeFile(file, 'diff');
      return git.reading ?? { kind: 'change', base: 'ba5e', tree: 'c0ffee', submodules: [] };
    },
    checkOut: async (_: unknown, reading: Promise<ReadChange | GitFailure>, place: string) => {
      const change = await reading;
      if (change.kind === 'failed') return change;
      await mkdir(place);
      git.madeFirst(place);
      return { kind: 'checked-out' };
    },
    /** What lay in the trees that were copied. */
    copied: [] as string[][],
    copyCheckOut: async (from: string, place: string) => {
      git.copied.push(await readdir(from));
      await cp(from, place, { recursive: true });
      return { kind: 'checked-out' };
    },
    giveObjects: async (_: unknown, place: string) => {
      if (place.includes(git.noRoomFor)) throw new Error('no room');
    },
  };
  const slurm = {
    /** When it answers. */
    answers: async () => {},
    submit: async ({ directory: where }: { directory: string }) => {
      await slurm.answers();
      submitted.push(where);
      return { kind: 'submitted', id: String(10 + submitted.length) };
    },
  };
  const github = {
    createComment: async (_: unknown, body: Markdown) => {
      return { id: 70, url: `comment of ${/zen\d/.exec(body)}`, body, author: { login: 'a[bot]', isBot: true } };
    },
  };
  const tools = {
    settings,
    git,
    slurm,
    forge: github,
    environments: { job: {}, tool: {} },
    ...machineClock,
    runProgram: async () => ({ kind: 'exited', code: 0, stdout: '', stderr: '' }),
    log: pino({ level: 'silent' }),
  } as unknown as Tools;
  const targets = settings.nodeTypes.slice(0, 2).map(
    (nodeType): BuildTarget => ({
      nodeType,
      repositoryId: 'R1',
      forArch: nodeType.cpuSubdir,
      exports: [],
    }),
  );
  const pullRequestDir = join(directory, name, '2026.11', 'pr_9');
  const order = {
    delivery: 'd-1',
    orderedBy: { login: 'alice' },
    repository: { owner: 'O', name: 'R' },
    pullRequest: { number: 9, baseBranch: 'main', headSha: head },
    targets,
    pullRequestDir,
    runDir: join(pullRequestDir, 'event_d-1/run_000'),
  } as unknown as BuildOrder;
  return { build: (told?: Promise<void>) => buildCommand(order, tools, told), git, slurm, submitted };
}

it('builds each target', async () => {
  const { build, submitted } = siteOf('all');
  const jobs = [
    { id: '11', url: 'comment of zen2' },
    { id: '12', url: 'comment of zen3' },
  ];
  expect(await build()).toEqual({ kind: 'built', jobs, failures: [] });
  expect(await build()).toEqual({ kind: 'built', jobs, failures: [] });
  expect(submitted).toHaveLength(2);
});

it('prepares jobs while the answer to the command is under way, and submits none before it is there', async () => {
  const { build, git, submitted } = siteOf('told');
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const { promise: prepared, resolve: prepare } = Promise.withResolvers<string>();
  git.madeFirst = prepare;
  const building = build(told);
  await prepared;
  expect(submitted).toEqual([]);
  tell();
  expect(await building).toMatchObject({ kind: 'built', jobs: [{ id: '11' }, { id: '12' }] });
});

it('copies one tree for all jobs, before anything of a job is in it, and one job that is left gets a tree of its own', async () => {
  const { build, git, submitted } = siteOf('copied');
  git.noRoomFor = 'zen3';
  await expect(build()).rejects.toThrow('no room');
  expect(git.copied).toEqual([['9.diff']]);
  expect(submitted).toHaveLength(1);
  git.noRoomFor = 'none';
  await build();
  expect(git.copied).toHaveLength(1);
  expect(submitted).toHaveLength(2);
});

it.each([
  ['each can be made', 'none'],
  ['one cannot be made', 'zen3'],
])('uses the mirror until the trees need it no more: %s', async (what, noRoomFor) => {
  const { build, git } = siteOf(what);
  git.noRoomFor = noRoomFor;
  git.madeFirst = () => void git.until?.then(() => git.copied.push(['the use has ended']));
  await build().catch(() => {});
  await git.until;
  expect(git.copied).toEqual([['9.diff'], ['the use has ended']]);
});

it('uses the mirror no more while Slurm does not answer', async () => {
  const { build, git, slurm, submitted } = siteOf('slow Slurm');
  const { promise: all, resolve: answer } = Promise.withResolvers<void>();
  slurm.answers = () => all;
  const began = Promise.withResolvers<void>();
  git.madeFirst = () => began.resolve();
  const building = build();
  await began.promise;
  await git.until;
  expect(submitted).toEqual([]);
  answer();
  await building;
  expect(submitted).toHaveLength(2);
});

it('notes in the record of a job what it builds, where, and for whom', async () => {
  const { build, submitted } = siteOf('noted');
  await build();
  const [directory = ''] = submitted;
  expect(await readJobRecord(directory)).toMatchObject({
    record: {
      target: { repositoryId: 'R1', nodeType: 'cpu_zen2', architecture: 'x86_64/amd/zen2' },
      ...{ delivery: 'd-1', orderedBy: { login: 'alice' }, commit: head },
    },
  });
});

it('submits nothing where the answer to the command could not be given', async () => {
  const { build, submitted } = siteOf('not told');
  const told = Promise.reject(new Unavailable('GitHub is away'));
  told.catch(() => {});
  await expect(build(told)).rejects.toThrow('GitHub is away');
  expect(submitted).toEqual([]);
});

it('builds nothing where the changes conflict with the base branch', async () => {
  const { build, git, submitted } = siteOf('conflict');
  git.reading = { kind: 'failed', step: 'apply', message: 'error: patch failed: a:1' };
  expect(await build()).toEqual({ kind: 'git-failed', failure: git.reading });
  expect(submitted).toEqual([]);
});

it('fetches nothing, and builds nothing, where the fetch fails', async () => {
  const { build, git, submitted } = siteOf('nothing');
  git.fetching = noSuchRepository;
  expect(await build()).toEqual({ kind: 'git-failed', failure: noSuchRepository });
  expect(submitted).toEqual([]);
});

it('is tried again later while git’s server is away, and tells why', async () => {
  const { build, git, submitted } = siteOf('away');
  git.fetching = away;
  const trying = build();
  await expect(trying).rejects.toThrow(Unavailable);
  await expect(trying).rejects.toThrow('error: 503');
  expect(submitted).toEqual([]);
  git.fetching = undefined;
  expect(await build()).toMatchObject({ kind: 'built', jobs: [{ id: '11' }, { id: '12' }], failures: [] });
});

it('while git’s server is away, goes on with what an earlier run had prepared, and keeps the rest for later', async () => {
  const { build, git, submitted } = siteOf('away for one');
  git.noRoomFor = 'zen3';
  await expect(build()).rejects.toThrow('no room');
  git.fetching = away;
  await expect(build()).rejects.toThrow(Unavailable);
  [git.fetching, git.noRoomFor] = [undefined, 'none'];
  expect(await build()).toMatchObject({ kind: 'built', jobs: [{ id: '11' }, { id: '12' }], failures: [] });
  expect(submitted).toHaveLength(2);
});

it('goes on with what an earlier run had prepared, though the fetch fails', async () => {
  const { build, git, submitted } = siteOf('part');
  git.noRoomFor = 'zen3';
  await expect(build()).rejects.toThrow('no room');
  expect(submitted).toHaveLength(1);
  git.fetching = noSuchRepository;
  expect(await build()).toEqual({
    kind: 'built',
    jobs: [{ id: '11', url: 'comment of zen2' }],
    failures: [
      expect.stringMatching(
        /^no job for `R1` on `cpu_zen3`: remote: Repository not found\. fatal: repository .* not found$/,
      ),
    ],
  });
  expect(submitted).toHaveLength(1);
});

it.each`
  what             | change
  ${'has changed'} | ${(path: string) => writeFile(path, 'null')}
  ${'has removed'} | ${(path: string) => rm(path)}
`(
  'one job that $what its own record before it was handed over is not followed, the others are',
  async ({ what, change }) => {
    const { build, git, submitted } = siteOf(what);
    git.noRoomFor = 'zen3';
    await expect(build()).rejects.toThrow('no room');
    await change(join(submitted[0] ?? '', '_bot_job.json'));
    git.noRoomFor = 'none';
    expect(await build()).toEqual({
      kind: 'built',
      jobs: [{ id: '12', url: 'comment of zen3' }],
      failures: [expect.stringMatching(/^the job for `R1` on `cpu_zen2` is not followed: /)],
    });
    expect(submitted).toHaveLength(2);
  },
);
