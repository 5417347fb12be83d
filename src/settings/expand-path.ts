import { isSecret } from '../outside/processes/child-environment.ts';
import type { Environment } from './environment.ts';
import { removeQuotes } from './shell-text.ts';

/** Expands `$NAME`, `${NAME}` and a leading `~` in a path, and removes quotes. */
export function expandPath(
  path: string,
  environment: Environment,
): { readonly path: string } | { readonly problem: string } {
  let problem: string | undefined;
  const expandVariable = (name: string, written: string): string => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (isSecret(name)) problem ??= `holds the secret \`${written}\`; write the path without it`;
    else if (!value)
      problem ??= `holds \`${written}\`, but ${name} is not set in the environment; set it, or write the path in full`;
    return value ?? '';
  };
  const unquoted = removeQuotes(path);
  const expanded = unquoted.replaceAll(
    /^~(?=\/|$)|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, bare: string | undefined) => expandVariable(braced ?? bare ?? 'HOME', whole),
  );
  if (problem === undefined && expanded.includes('\n')) problem = 'spreads over several lines; write the path in one';
  if (unquoted.includes('"')) problem ??= 'has a `"` without its partner; write the path without quotes';
  return problem === undefined ? { path: expanded } : { problem };
}
