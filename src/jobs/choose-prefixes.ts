/** The variables of prefixes besides those of the environment; `--list-variables` prints them. */
export const prefixVariables = {
  github_repository: 'full name of the GitHub repository (--repository)',
  legacy_aws_path: 'VERSION/TYPE/OS/ARCHITECTURE/TIMESTAMP, from the name of the artefact',
  pull_request_number: 'number of the pull request (--pull-request-number)',
} as const;

/** An artefact, and the prefixes that a site has configured for it. */
export interface PrefixWish {
  /** The name of its file without extension. */
  readonly stem: string;
  readonly artefactPrefix: string;
  readonly metadataPrefix: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: string;
  /** Further variables of prefixes. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The prefixes of an artefact's keys, and of those of its metadata file. If one is empty, the other is used for both. */
export function choosePrefixes(wish: PrefixWish) {
  const legacy = legacyPath(wish.stem);
  const ours: Record<keyof typeof prefixVariables, string> = {
    github_repository: wish.repository,
    legacy_aws_path: legacy,
    pull_request_number: wish.pullRequest,
  };
  const values = { ...wish.environment, ...ours };
  const artefact = expandPrefix(wish.artefactPrefix, values);
  const metadata = expandPrefix(wish.metadataPrefix, values);
  const warnings = [
    ...warnOfNothing('artefact', wish.artefactPrefix, artefact),
    ...warnOfNothing('metadata', wish.metadataPrefix, metadata),
  ];
  if ((artefact === '') !== (metadata === '')) {
    const [given, missing] = metadata === '' ? ['artefact', 'metadata'] : ['metadata', 'artefact'];
    warnings.push(`The ${missing} prefix is empty: the ${given} prefix '${artefact || metadata}' is used for both.`);
  }
  return { artefactPrefix: artefact || metadata || legacy, metadataPrefix: metadata || artefact || legacy, warnings };
}

function warnOfNothing(name: string, typed: string, expanded: string): string[] {
  if (typed === '' || expanded !== '') return [];
  return [
    `The ${name} prefix '${typed}' expands to nothing and counts as empty; --list-variables shows what can be used.`,
  ];
}

/** `eessi-VERSION-TYPE-OS-ARCH-TIMESTAMP` as `VERSION/TYPE/OS/ARCH/TIMESTAMP`: the path of artefacts without a prefix. */
export function legacyPath(stem: string): string {
  return stem.replaceAll(/-+/g, '/').replace(/^eessi./, '');
}

/** Replaces `$NAME` and `${NAME}`; a name without value becomes empty. No other shell syntax. */
export function expandPrefix(prefix: string, values: Readonly<Record<string, string | undefined>>): string {
  return prefix.replaceAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_all, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    return Object.hasOwn(values, name) ? (values[name] ?? '') : '';
  });
}
