/** Whether a file in a directory of ours is one that the daemons act by: not half-written, damaged, or the reason beside one. */
export const isFileOfOurs = (name: string) => name.endsWith('.json') && !name.startsWith('.');

/** The name that a file had before it was set aside as damaged; of any other undefined. */
export const nameBeforeDamage = (name: string) =>
  name.endsWith('.json.damaged') ? name.slice(0, -'.damaged'.length) : undefined;

/** A time, ISO 8601, as names begin: sorted by name is sorted by time. */
export const timeInName = (iso: string) => iso.replaceAll(':', '-');
