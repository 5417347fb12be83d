/** A permission of the App, as GitHub calls it. */
interface NeededPermission {
  readonly permission: string;
  readonly level: 'read' | 'write';
  readonly use: string;
  /** The bot works without. */
  readonly optional?: true;
}

/** What the bot needs of its GitHub App, beside each permission what it is for: docs/setup.md lists it. */
export const appNeeds: {
  readonly permissions: readonly NeededPermission[];
  readonly forChecks: NeededPermission;
  readonly forStatuses: NeededPermission;
  readonly events: readonly string[];
  /** Of the buttons of checks. */
  readonly eventsForChecks: readonly string[];
} = {
  permissions: [
    { permission: 'issues', level: 'write', use: 'comments' },
    { permission: 'pull_requests', level: 'write', use: 'comments and reactions on pull requests' },
    { permission: 'metadata', level: 'read', use: 'the repository' },
    { permission: 'contents', level: 'read', use: 'private repositories', optional: true },
  ],
  forChecks: { permission: 'checks', level: 'write', use: 'check_runs = true', optional: true },
  forStatuses: { permission: 'statuses', level: 'write', use: 'commit_status = true', optional: true },
  events: ['issue_comment', 'pull_request'],
  eventsForChecks: ['check_run', 'check_suite'],
};
