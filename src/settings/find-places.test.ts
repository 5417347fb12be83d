import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findPlaces } from './find-places.ts';

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
