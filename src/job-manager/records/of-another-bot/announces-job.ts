import { jobIdOf, parseJobTable, submittedText } from '../../../messages/job-table.ts';

/**
 * Whether a comment announces this job: by its first row, or, if a site's text for that leaves the id out, by the link to its directory
 * above the table. A status comment has the text of the row, not the row.
 */
export function announcesJob(comment: string, id: string, pullRequest: number): boolean {
  const { above, rows } = parseJobTable(comment);
  if (submittedText(rows) === undefined) return false;
  const told = jobIdOf(rows);
  if (told !== undefined) return told === id;
  const link = `/pr_${pullRequest}/${id}`;
  return above.some((line) => line.split(/[\s`'"<>()|]+/).some((word) => word.endsWith(link)));
}
