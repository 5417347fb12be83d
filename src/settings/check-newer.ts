import { type Reading, readChoice, readSeconds } from './reading.ts';

/** Checks what only later Python bots read: a mistake there would show on the way back only. False: the file is not for this bot. */
export function checkNewer(reading: Reading): boolean {
  const { file } = reading;
  readSeconds(reading, file.get('github', 'api_timeout'), 10);
  const platform = file.get('git', 'hosting_platform');
  if (readChoice(reading, platform, ['github', 'gitlab'], 'github') === 'github') return true;
  file.refuse(
    platform,
    'is not served: this version serves GitHub alone; write github here, or go on with the Python bot for GitLab',
  );
  return false;
}
