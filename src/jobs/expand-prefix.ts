/** The variables of prefixes besides those of the environment; `--list-variables` prints them. */
export const prefixVariables = {
  github_repository: 'full name of the GitHub repository (--repository)',
  legacy_aws_path: 'VERSION/TYPE/OS/ARCHITECTURE/TIMESTAMP, from the name of the artefact',
  pull_request_number: 'number of the pull request (--pull-request-number)',
} as const;

/** Replaces `$NAME` and `${NAME}`; a name without value becomes empty. No other shell syntax. */
export function expandPrefix(prefix: string, values: Readonly<Record<string, string | undefined>>): string {
  return prefix.replaceAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_all, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    return Object.hasOwn(values, name) ? (values[name] ?? '') : '';
  });
}
