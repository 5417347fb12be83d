import type { Check, CheckState } from '../forge.ts';

/** GitHub's limit of the description of a commit status. */
const longestDescription = 140;

/** A check as a check run. */
export function toCheckRun({ name, commit, identity, state, title, summary, text, url, startedAt, endedAt }: Check) {
  return {
    name,
    head_sha: commit,
    external_id: identity,
    ...statusOf[state],
    output: { title, summary, ...(text !== undefined && { text }) },
    ...(url !== undefined && { details_url: url }),
    ...(startedAt !== undefined && { started_at: startedAt }),
    ...(endedAt !== undefined && { completed_at: endedAt }),
  };
}

/** A check as a commit status. */
export function toCommitStatus({ name, state, title, url }: Check) {
  const description = title.length > longestDescription ? `${title.slice(0, longestDescription - 1)}…` : title;
  return { context: name, state: stateOf[state], description, ...(url !== undefined && { target_url: url }) };
}

const completed = <Conclusion>(conclusion: Conclusion) => ({ status: 'completed', conclusion }) as const;

const statusOf = {
  queued: { status: 'queued' },
  running: { status: 'in_progress' },
  success: completed('success' as const),
  failure: completed('failure' as const),
  cancelled: completed('cancelled' as const),
  'timed out': completed('timed_out' as const),
} as const satisfies Record<CheckState, object>;

const stateOf = {
  queued: 'pending',
  running: 'pending',
  success: 'success',
  failure: 'failure',
  cancelled: 'error',
  'timed out': 'failure',
} as const satisfies Record<CheckState, string>;
