import type { OfPullRequest } from '../outside/forge/forge.ts';
import { pullRequestKey } from './forge-names.ts';
import type { JobLink } from './handovers.ts';

/** The field that names a pull request in both logs, so that one grep finds all its lines: `"pr":"owner/name#7"`, in lower case. */
export const prField = (of: OfPullRequest) => ({ pr: pullRequestKey(of) });

/** The fields for a job and its pull request. */
export const jobFields = ({ id }: Pick<JobLink, 'id'>, of: OfPullRequest) => ({ job: id, ...prField(of) });
