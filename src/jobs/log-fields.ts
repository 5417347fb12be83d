import type { OfPullRequest } from '../outside/forge/forge.ts';
import { pullRequestKey } from './forge-names.ts';
import type { JobLink } from './handovers.ts';

/** How each line of either log names a pull request, so that one grep tells its story: `"pr":"owner/name#7"`, in small letters. */
export const prField = (of: OfPullRequest) => ({ pr: pullRequestKey(of) });

/** A job, and the pull request that it is of. */
export const jobFields = ({ id }: Pick<JobLink, 'id'>, of: OfPullRequest) => ({ job: id, ...prField(of) });
