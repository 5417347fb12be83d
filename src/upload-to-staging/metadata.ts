import { isCommit } from '../jobs/forge-names.ts';

/** Who uploads; an unknown ip is empty. */
export interface Uploader {
  readonly username: string;
  readonly ip: string;
  readonly hostname: string;
}

interface MetadataFacts {
  readonly uploader: Uploader;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly modified: Date;
  readonly sha256: string;
  readonly url: string;
  readonly repository: string;
  readonly pullRequest: string;
  readonly commentId: string;
  /** That the artefact was built from; empty if unknown. */
  readonly commit: string;
}

/** The text of the metadata file, which ingestion reads: JSON in which all values are strings. */
export function metadataText(facts: MetadataFacts): string {
  const metadata = {
    uploader: facts.uploader,
    payload: {
      filename: facts.fileName,
      size: String(facts.sizeBytes),
      ctime: dateAsOfDate(facts.modified),
      sha256sum: facts.sha256,
      url: facts.url,
    },
    link2pr: {
      repo: facts.repository,
      pr: facts.pullRequest,
      pr_comment_id: facts.commentId,
      ...(isCommit(facts.commit) && { commit: facts.commit }),
    },
  };
  return `${JSON.stringify(metadata, null, 2)}\n`;
}

/** The address of an object. */
export function objectUrl(endpoint: string, bucket: string, key: string): string {
  if (endpoint === '') return `https://${bucket}.s3.amazonaws.com/${key}`;
  return `${endpoint.replace(/\/+$/, '')}/${bucket}/${key}`;
}

/** As the program `date` prints it with LC_ALL=C and TZ=UTC: `Sun Jan  5 03:04:05 UTC 2025`. */
function dateAsOfDate(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${year}`;
}
