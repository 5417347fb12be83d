import type { JobLink } from '../../jobs/handovers.ts';
import type { JobRecord } from '../../jobs/job-record.ts';

/** A job and its record as it is now. */
export interface Followed {
  readonly job: JobLink;
  readonly record: JobRecord;
}
