import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { otherFileSystem } from '../../../test/other-file-system.ts';
import { carryOutMove, type MoveUnderWay } from './carry-out-move.ts';
import { copyTree } from './copy-tree.ts';

const otherPlace = otherFileSystem();

/** All paths below a directory, sorted; links are not followed. */
async function tree(directory: string, above = ''): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(above, entry.name);
    paths.push(path, ...(entry.isDirectory() ? await tree(join(directory, entry.name), path) : []));
  }
  return paths.sort();
}

async function makePullRequestDirectory(root: string): Promise<void> {
  for (const id of ['11', '12']) {
    const directory = join(root, 'pr_9/event_d/run_000', id);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'out'), `of ${id}`);
    await symlink(directory, join(root, 'pr_9', id));
  }
  await writeFile(join(root, 'pr_9/uploaded.txt'), '');
}

const whole = (root: string): MoveUnderWay => ({
  month: '2025.01',
  from: join(root, 'pr_9'),
  what: 'everything',
  links: ['11', '12'],
  state: 'planned',
});
const part = (root: string): MoveUnderWay => ({
  ...whole(root),
  what: [{ id: '11', path: 'event_d/run_000/11' }],
  links: ['11'],
});
const all = [
  ...['11', '12', 'event_d', 'event_d/run_000'],
  ...['event_d/run_000/11', 'event_d/run_000/11/out', 'event_d/run_000/12', 'event_d/run_000/12/out'],
  'uploaded.txt',
];
const of11 = ['11', 'event_d', 'event_d/run_000', 'event_d/run_000/11', 'event_d/run_000/11/out'];
const of12 = ['12', 'event_d', 'event_d/run_000', 'event_d/run_000/12', 'event_d/run_000/12/out', 'uploaded.txt'];

describe.each`
  where                                    | trashRoot     | skip
  ${'on one file system'}                  | ${tmpdir()}   | ${false}
  ${`across file systems (${otherPlace})`} | ${otherPlace} | ${otherPlace === undefined}
`('$where', ({ trashRoot, skip }) => {
  let root: string;
  let trash: { directory: string; delivery: string };
  beforeEach(async () => {
    if (skip) return;
    root = await mkdtemp(join(tmpdir(), 'carry-out-move-'));
    trash = { directory: await mkdtemp(join(trashRoot, 'trash-')), delivery: 'd-2' };
    await makePullRequestDirectory(root);
  });
  afterEach(async () => {
    if (skip) return;
    await rm(root, { recursive: true });
    await rm(trash.directory, { recursive: true });
  });
  const trashTree = (name = 'pr_9') => tree(join(trash.directory, '2025.01', name));
  const trashNames = () => readdir(join(trash.directory, '2025.01'));

  it.skipIf(skip)('everything moves, links as they were', async () => {
    await carryOutMove(whole(root), trash, async () => {});
    expect(await trashTree()).toEqual(all);
    expect(await readdir(root)).toEqual([]);
    expect(await readlink(join(trash.directory, '2025.01/pr_9/11'))).toBe(join(root, 'pr_9/event_d/run_000/11'));
    expect(await readFile(join(trash.directory, '2025.01/pr_9/event_d/run_000/11/out'), 'utf8')).toBe('of 11');
  });

  it.skipIf(skip)('one job moves, then the rest under the next free name', async () => {
    await carryOutMove(part(root), trash, async () => {});
    expect([await trashTree(), await tree(join(root, 'pr_9'))]).toEqual([of11, of12]);
    await carryOutMove({ ...whole(root), links: ['12'] }, trash, async () => {});
    expect([await trashTree('pr_9.1'), await trashNames()]).toEqual([of12, ['pr_9', 'pr_9.1']]);
  });

  it.skipIf(skip)('directories of an event go with their last job', async () => {
    await carryOutMove(part(root), trash, async () => {});
    const other = [{ id: '12', path: 'event_d/run_000/12' }];
    await carryOutMove({ ...part(root), what: other, links: ['12'] }, trash, async () => {});
    expect(await tree(join(root, 'pr_9'))).toEqual(['uploaded.txt']);
  });

  describe.each`
    what            | move     | moved   | left
    ${'everything'} | ${whole} | ${all}  | ${undefined}
    ${'one job'}    | ${part}  | ${of11} | ${of12}
  `('$what, killed', ({ move, moved, left }) => {
    it
      .skipIf(skip)
      .each([...['aside before', 'aside after', 'copied before', 'copied after', 'done before', 'done after']])(
      'at the step %s it is written down: it goes on',
      async (death) => {
        let state = 'planned' as MoveUnderWay['state'];
        const record = async (next: MoveUnderWay['state']) => {
          if (death === `${next} before`) throw new Error('killed');
          state = next;
          if (death === `${next} after`) throw new Error('killed');
        };
        await carryOutMove({ ...move(root), state }, trash, record).catch(() => {});
        await carryOutMove({ ...move(root), state }, trash, async () => {});
        expect([await trashTree(), await trashNames()]).toEqual([moved, ['pr_9']]);
        expect(await readdir(root)).toEqual(left === undefined ? [] : ['pr_9']);
        if (left !== undefined) expect(await tree(join(root, 'pr_9'))).toEqual(left);
      },
    );
  });

  it.skipIf(skip).each(['aside', 'copied', 'done'])(
    'reopened and built again while it was dead before "%s" was written down: the new jobs stay',
    async (dies) => {
      let state: MoveUnderWay['state'] = 'planned';
      const record = async (next: MoveUnderWay['state']) => {
        if (next === dies) throw new Error('killed');
        state = next;
      };
      await carryOutMove(whole(root), trash, record).catch(() => {});
      await makePullRequestDirectory(root);
      await carryOutMove({ ...whole(root), state }, trash, async () => {});
      expect([await trashTree(), await trashNames()]).toEqual([all, ['pr_9']]);
      expect([await tree(join(root, 'pr_9')), await readdir(root)]).toEqual([all, ['pr_9']]);
    },
  );
});

it('copies links as links, with modes and times, and says what cannot be copied', async () => {
  const root = await mkdtemp(join(tmpdir(), 'copy-tree-'));
  try {
    const time = new Date('2020-02-03T04:05:06Z');
    await mkdir(join(root, 'from/closed/empty'), { recursive: true });
    await writeFile(join(root, 'from/run.sh'), 'x'.repeat(100_000));
    await symlink('/etc/passwd', join(root, 'from/link'));
    execFileSync('mkfifo', [join(root, 'from/pipe')]);
    await chmod(join(root, 'from/run.sh'), 0o555);
    await chmod(join(root, 'from/closed'), 0o500);
    await lutimes(join(root, 'from/link'), time, time);
    for (const name of ['run.sh', 'closed', '']) await utimes(join(root, 'from', name), time, time);
    expect(await copyTree(join(root, 'from'), join(root, 'to'))).toEqual([join(root, 'from/pipe')]);
    expect(await tree(join(root, 'to'))).toEqual(['closed', 'closed/empty', 'link', 'run.sh']);
    const look = async (name: string) => {
      const { mode, mtime } = await lstat(join(root, 'to', name));
      return [(mode & 0o777).toString(8), mtime];
    };
    expect(await look('run.sh')).toEqual(['555', time]);
    expect(await look('closed')).toEqual(['500', time]);
    expect((await look('link'))[1]).toEqual(time);
    expect((await look(''))[1]).toEqual(time);
    expect(await readlink(join(root, 'to/link'))).toBe('/etc/passwd');
  } finally {
    await rm(root, { recursive: true });
  }
});
