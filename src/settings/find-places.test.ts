import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findLogPath, findPlaces } from './find-places.ts';

const places = (stateDir: string, jobIdsDir: string, pollIntervalSeconds = 60) => ({
  stateDir,
  jobIdsDir,
  pollIntervalSeconds,
});

it.each<[what: string, text: string, found: ReturnType<typeof places> | undefined]>([
  ['nothing', '', undefined],
  [
    'paths with quotes and variables',
    '[buildenv]\njobs_base_dir = "$BASE/jobs"\n[job_manager]\njob_ids_dir = ids\npoll_interval = "5"\n',
    places('/base/jobs/.bot', 'WORK/ids', 5),
  ],
  [
    'paths that use [DEFAULT]',
    '[DEFAULT]\nsite = /site\n[buildenv]\njobs_base_dir = %(site)s/jobs\n[job_manager]\njob_ids_dir = %(site)s/ids\n',
    places('/site/jobs/.bot', '/site/ids'),
  ],
  [
    'a section whose header is broken',
    '[github]\napp_id = 1\n[buildenv\njobs_base_dir = /jobs\n[job_manager]\njob_ids_dir = /ids\n',
    places('/jobs/.bot', '/ids'),
  ],
  [
    'lines that are indented by mistake',
    '[buildenv]\njobs_base_dir = /jobs\n  local_tmp = /tmp\n[job_manager]\npoll_interval = 5\n  job_ids_dir = /ids\n',
    places('/jobs/.bot', '/ids', 5),
  ],
  [
    'a state directory of its own',
    '[buildenv]\njobs_base_dir = /jobs\n[bot_control]\nstate_dir = /state\n',
    places('/state', '/state/nowhere'),
  ],
  [
    'a state directory that is not known here',
    '[buildenv]\njobs_base_dir = /jobs\n[bot_control]\nstate_dir = $UNSET/state\n',
    undefined,
  ],
  ['a path that cannot be resolved', '[buildenv\njobs_base_dir = %(site)s/jobs\n', undefined],
])('%s', async (_what, text, found) => {
  const directory = await mkdtemp(join(tmpdir(), 'places-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'app.cfg'), text);
  const expected = found && { ...found, jobIdsDir: found.jobIdsDir.replace('WORK', directory) };
  expect(await findPlaces('app.cfg', { BASE: '/base' }, directory)).toEqual(expected);
});

it.each<[what: string, text: string, logs: [string | undefined, string | undefined]]>([
  ['nothing', '', [undefined, undefined]],
  [
    'logs beside a mistake in another setting',
    '[event_handler]\nlog_path = "$BASE/e.log"\n[job_manager]\nlog_path = j.log\npoll_interval = three\n',
    ['/base/e.log', 'WORK/j.log'],
  ],
  [
    'logs of sections whose headers are broken',
    '[event_handler\nlog_path = /e.log\n[job_manager\nlog_path = /j.log\n[github]\napp_id = 1\n',
    ['/e.log', '/j.log'],
  ],
  [
    'the log of a broken section after a whole one',
    '[event_handler]\nlog_path = /e.log\n[job_manager\nlog_path = /j.log\n',
    ['/e.log', '/j.log'],
  ],
  ['one log, not the other in its place', '[event_handler]\nlog_path = /e.log\n', ['/e.log', undefined]],
])('%s', async (_what, text, logs) => {
  const directory = await mkdtemp(join(tmpdir(), 'places-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'app.cfg'), text);
  const found = (daemon: 'event_handler' | 'job_manager') =>
    findLogPath(daemon, 'app.cfg', { BASE: '/base' }, directory);
  expect([await found('event_handler'), await found('job_manager')]).toEqual(
    logs.map((log) => log?.replace('WORK', directory)),
  );
});
