import { mkdtemp, open, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { counted } from '../../counted.ts';
import { missingPlaces } from '../../daemon/places.ts';
import { refuseNewerState } from '../../daemon/state-format.ts';
import { hasCode } from '../../outside/files/has-code.ts';
import { lookAtPlaces } from '../../settings/look-at-places.ts';
import { placesOf } from '../../settings/places-of.ts';
import type { Settings } from '../../settings/settings.ts';
import { wordsOf } from '../../words-of.ts';
import { type Finding, failure, fine, warning } from './finding.ts';
import { judgePlace, type PlaceFacts } from './judge-files.ts';
import type { DoctorTools } from './tools.ts';

/** Setting -> directory, of all that the daemons write. */
export const writtenPlaces = (settings: Settings): Readonly<Record<string, string>> => ({
  ...placesOf(settings),
  trash_bin_dir: settings.cleanUp.trashBinDir,
  'event_handler.log_path': dirname(settings.eventHandler.logPath),
  'job_manager.log_path': dirname(settings.jobManager.logPath),
});

/** Tries a directory by a file of its own, which is removed again. */
export async function lookAtPlace(setting: string, path: string): Promise<readonly Finding[]> {
  const facts: PlaceFacts = { setting, path, trial: await tryPlace(path) };
  if (facts.trial === 'not there') return [judgePlace(facts)];
  const { bavail, blocks, bsize, ffree, files, type } = await statfs(path);
  const space = { freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeInodes: ffree, totalInodes: files, type };
  return [judgePlace({ ...facts, space })];
}

async function tryPlace(path: string): Promise<PlaceFacts['trial']> {
  if ((await stat(path).catch(nothingThere)) === undefined) return 'not there';
  let step: 'write' | 'sync' | 'rename' | 'read' | 'remove' = 'write';
  let directory: string | undefined;
  try {
    directory = await mkdtemp(join(path, '.doctor-'));
    const [before, after] = [join(directory, 'before'), join(directory, 'after')];
    const file = await open(before, 'wx');
    try {
      await file.write('written');
      step = 'sync';
      await file.sync();
    } finally {
      await file.close();
    }
    step = 'rename';
    await rename(before, after);
    step = 'read';
    const text = await readFile(after, 'utf8');
    if (text !== 'written')
      return { step, words: `what was written is not what is there (${counted(text.length, 'byte')})` };
    step = 'remove';
    await rm(directory, { recursive: true });
    return 'went well';
  } catch (error) {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true }).catch(() => {}); // the first failure counts
    return { step, words: wordsOf(error) };
  }
}

const nothingThere = (error: unknown): undefined => {
  if (!hasCode(error, 'ENOENT')) throw error;
};

/** Whether each place that was in use is there, and what jobs can reach. */
export async function lookAtUse(settings: Settings, tools: DoctorTools): Promise<readonly Finding[]> {
  const { workingDirectory, appCfgPath, environment, environments, runProgram } = tools;
  const away = await missingPlaces(placesOf(settings), workingDirectory);
  const open = await lookAtPlaces(
    settings,
    { appCfgPath, environment, workingDirectory },
    { runProgram, environment: environments.tool },
  );
  const newer = await refuseNewerState(settings.stateDir);
  return [
    ...(newer === undefined
      ? []
      : [failure('state/format', newer, 'state of this version, or of an earlier one', './bot.sh upgrade')]),
    ...(away.length === 0
      ? [fine('files/in-use', 'all that was in use is there')]
      : away.map((words) => failure('files/in-use', words, 'what was there at the last start', 'mount it'))),
    ...(open.length === 0
      ? [fine('files/reached-by-jobs', 'jobs cannot write what is as sensitive as the key')]
      : open.map((words) =>
          warning('files/reached-by-jobs', words, 'that jobs can write none of it', 'see docs/security.md'),
        )),
  ];
}
