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

/** Whether something failed since a disk is full, broken, read-only or away: no fault of what was to be done, which can be tried again. */
export function isDiskTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof PlaceIsAway) return true;
  if ('syscall' in error && 'code' in error && passing.has(String(error.code))) return true;
  if (error instanceof AggregateError) return error.errors.every(isDiskTrouble);
  return isDiskTrouble(error.cause);
}
