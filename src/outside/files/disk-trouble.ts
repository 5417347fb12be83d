/** Pass once somebody has made room, repaired the disk or mounted it again. */
const passing = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'ESTALE',
  'ENOTCONN',
  'ETIMEDOUT',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);

/** One of the bot's directories is not what it was: most likely its file system is not mounted. */
export class PlaceIsAway extends Error {
  override name = 'PlaceIsAway';
}

/** A program reported such trouble; all that is left of it is its message. */
export class ProgramHadDiskTrouble extends Error {
  override name = 'ProgramHadDiskTrouble';
}

/** The system's words end a line; file names, which strangers choose, are quoted there or before a colon. */
const systemsWords =
  /^(?:fatal|error|warning|cp): (?:.*: )?(?:No space left on device|Disk quota exceeded|Input\/output error|Read-only file system|Stale file handle|Too many open files)\.?$/m;

/** Whether the output of git or cp, in English, reports such trouble. */
export function tellsOfDiskTrouble(printed: string): boolean {
  return systemsWords.test(printed);
}

/** Whether something failed because a disk is full, broken, read-only or not mounted: it can be retried. */
export function isDiskTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof PlaceIsAway || error instanceof ProgramHadDiskTrouble) return true;
  if ('syscall' in error && 'code' in error && passing.has(String(error.code))) return true;
  if (error instanceof AggregateError) return error.errors.every(isDiskTrouble);
  return isDiskTrouble(error.cause);
}
