const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Jan 05 03:04:05 UTC 2025`, whatever TZ and LANG are: other instances parse it. */
export function formatDate(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${months[at.getUTCMonth()]} ${two(at.getUTCDate())} ${time} UTC ${at.getUTCFullYear()}`;
}

/** Reads what {@link formatDate} writes; undefined for anything else. */
export function parseDate(text: string): Date | undefined {
  const match = /^(\w{3}) (\d\d) (\d\d):(\d\d):(\d\d) UTC (\d{4})$/.exec(text.trim());
  const month = months.indexOf(match?.[1] ?? '');
  if (match === null || month < 0) return undefined;
  const [day, hour, minute, second, year] = match.slice(2).map(Number);
  if (day === undefined || hour === undefined || year === undefined) return undefined;
  return new Date(Date.UTC(year, month, day, hour, minute, second));
}
