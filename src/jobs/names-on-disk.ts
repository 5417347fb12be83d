/** Whether a file counts: it is not half-written, damaged, or the reason beside another one. */
export const isFileOfOurs = (name: string) => name.endsWith('.json') && !name.startsWith('.');

/** The original name of a file that was set aside as damaged; undefined for any other. */
export const nameBeforeDamage = (name: string) =>
  name.endsWith('.json.damaged') ? name.slice(0, -'.damaged'.length) : undefined;

/** The GUID that the name of a delivery's file ends with. */
export const guidOf = (name: string) => name.slice(name.lastIndexOf('_') + 1, -'.json'.length);

/** A time as names begin: sorted by name is sorted by time. */
export const timeInName = (iso: string) => iso.replaceAll(':', '-');

/** The time that a name begins with, in milliseconds. */
export function timeOfName(name: string): number | undefined {
  const [, day, hour, minute, second] = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-([\d.]+Z)_/.exec(name) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${hour}:${minute}:${second}`);
}
