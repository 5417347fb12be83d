/** What passes when somebody has made room, mended the disk, or mounted it again. */
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

/** A directory in which the bot keeps things is not what it was: its file system is not mounted, most likely. */
export class PlaceIsAway extends Error {
  override name = 'PlaceIsAway';
}

/** A program says that it met one of these; all that is left of it is its message. */
export class ProgramHadDiskTrouble extends Error {
  override name = 'ProgramHadDiskTrouble';
}

/** The system's words end a line; names of files, which strangers choose, stand in quotes there, or before a colon. */
const systemsWords =
  /^(?:fatal|error|warning): (?:.*: )?(?:No space left on device|Disk quota exceeded|Input\/output error|Read-only file system|Stale file handle|Too many open files)\.?$/m;

/** Whether what git printed, in English, tells of such. */
export function tellsOfDiskTrouble(printed: string): boolean {
  return systemsWords.test(printed);
}

/** Whether something failed since a disk is full, broken, read-only or away: no fault of what was to be done, which can be tried again. */
export function isDiskTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof PlaceIsAway || error instanceof ProgramHadDiskTrouble) return true;
  if ('syscall' in error && 'code' in error && passing.has(String(error.code))) return true;
  if (error instanceof AggregateError) return error.errors.every(isDiskTrouble);
  return isDiskTrouble(error.cause);
}
