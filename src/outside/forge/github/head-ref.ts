/** The reference of a pull request's head. */
export const headRef = (pullRequest: number) => `refs/pull/${pullRequest}/head`;
