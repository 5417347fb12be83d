import { expect, it } from 'vitest';
import { type JobAccount, judgePlaces, type SensitivePlace, type Step } from './judge-places.ts';

const own: JobAccount = { name: 'bot', isOwn: true, named: false, uid: 1000, gids: [1000] };
const other: JobAccount = { name: 'bot-build', isOwn: false, named: true, uid: 1001, gids: [1001, 500] };
const step = (path: string, mode: number, uid = 1000, gid = 1000): Step => ({ path, mode, uid, gid });
const place = (name: string, onFileSystemOfJobs: boolean, ...more: Step[]): SensitivePlace => ({
  name,
  path: more.at(-1)?.path ?? `/home/bot/${name}`,
  steps: [step('/', 0o755, 0, 0), ...more],
  onFileSystemOfJobs,
});

it.each<[what: string, places: SensitivePlace[], account: JobAccount, warnings: RegExp[]]>([
  [
    'a site of one account with all in its home: one paragraph',
    [place('app.cfg', true), place('$HOME', true), place('state_dir', false)],
    own,
    [
      /^jobs run as the account of the daemons \(bot\), and these lie .*: app\.cfg, \$HOME\. .*write job_account = bot into/,
    ],
  ],
  ['the same, known', [place('app.cfg', true), place('$HOME', true)], { ...own, named: true }, []],
  ['one account, and all on another disk', [place('app.cfg', false), place('$HOME', false)], own, []],
  ['two accounts, and all closed', [place('app.cfg', true, step('/home/bot', 0o700))], other, []],
  [
    'a directory of the group of jobs',
    [place('app.cfg', true, step('/srv', 0o775, 0, 500)), place('$HOME', true, step('/srv', 0o775, 0, 500))],
    other,
    [/^the account of jobs \(bot-build\) can write \/srv \(mode 0775\), and so change app\.cfg, \$HOME: run chown/],
  ],
  ['a group that jobs are not in', [place('app.cfg', true, step('/srv', 0o775, 0, 501))], other, []],
  [
    'a place that belongs to jobs, which may change its mode',
    [place('app.cfg', true, step('/srv/app.cfg', 0o400, 1001))],
    other,
    [/^the account of jobs \(bot-build\) can write \/srv\/app\.cfg \(mode 0400\)/],
  ],
  [
    'a directory open to all on the way, with one account too',
    [place('app.cfg', false, step('/data', 0o777, 0), step('/data/app.cfg', 0o600))],
    { ...own, named: true },
    [/^any account of this machine can write \/data \(mode 0777\), and so change app\.cfg: run chmod o-w \/data$/],
  ],
  [
    'the sticky bit keeps what is of others',
    [place('app.cfg', false, step('/tmp', 0o1777, 0), step('/tmp/app.cfg', 0o600))],
    other,
    [],
  ],
  [
    'and not what is of jobs',
    [place('app.cfg', false, step('/tmp', 0o1777, 0), step('/tmp/x', 0o700, 1001), step('/tmp/x/app.cfg', 0o600))],
    other,
    [/can write \/tmp \(mode 1777\)/, /^the account of jobs \(bot-build\) can write \/tmp\/x \(mode 0700\)/],
  ],
])('%s', (_, places, account, warnings) => {
  expect(judgePlaces(places, account)).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
});
