import { z } from 'zod';
import { type Reading, readChoice, readCommand, readJson, readSeconds } from './reading.ts';

/** Checks what only later Python bots read: a mistake there would show on the way back only. False: the file is not for this bot. */
export function checkNewer(reading: Reading): boolean {
  const { file } = reading;
  readSeconds(reading, file.get('github', 'api_timeout'), 10);
  readCommand(reading, file.get('buildenv', 'cancel_command'));
  const patterns = z.array(z.looseObject({}, 'has to be an object such as {"value": "PATTERN"}'), 'has to be a list');
  for (const key of ['allowed_jobargs', 'allowed_submitargs']) readJson(reading, file.get('buildenv', key), patterns);
  const platform = file.get('git', 'hosting_platform');
  if (readChoice(reading, platform, ['github', 'gitlab'], 'github') === 'github') return true;
  file.refuse(
    platform,
    'is not served: this version serves GitHub alone; write github here, or go on with the Python bot for GitLab',
  );
  return false;
}
