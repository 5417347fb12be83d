/**
 * Whether a comment is the one that tells of this job: by its first row, or where a site's text for that leaves the id out, by the link to
 * its directory above the table. A status has the text of the row, not the row.
 */
export function announcesJob(comment: string, id: string, pullRequest: number): boolean {
  const lines = comment.split(/\r?\n/);
  const row = lines.findIndex((line) => /^\|[^|]*\|\s*submitted\s*\|/.test(line));
  if (row < 0) return false;
  const text = lines[row] ?? '';
  const told = /job id `?(\d+)/.exec(text)?.[1] ?? /`(\d+)`/.exec(text)?.[1];
  if (told !== undefined) return told === id;
  const link = `/pr_${pullRequest}/${id}`;
  return lines.slice(0, row).some((line) => line.split(/[\s`'"<>()|]+/).some((word) => word.endsWith(link)));
}
