import type { NodeType, Settings } from '../../settings/settings.ts';
import type { Command } from '../comment/parse-command.ts';
import { explainMismatch, filterParts, type Mismatch } from './explain-mismatch.ts';
import { matcherOf } from './filter.ts';
import { type Candidate, pairs, searchable } from './site-targets.ts';

/** What `show_config` shows: the node types, each with those of its repositories, that the filters match; or why they match nothing. */
export function selectNodeTypes(
  { filters, expanded }: Command,
  { dialect, github: { appName }, nodeTypes }: Settings,
): readonly NodeType[] | Mismatch {
  const searchedIn = (one: Candidate) => ({ ...searchable(one), architecture: one.nodeType[dialect.architecture] });
  const matches = matcherOf(filters);
  const selected = nodeTypes.flatMap((nodeType) => {
    const repositories = nodeType.repositories.filter((repositoryId) =>
      matches({ ...searchedIn({ nodeType, repositoryId }), instance: appName }),
    );
    return repositories.length === 0 ? [] : [{ ...nodeType, repositories }];
  });
  if (selected.length > 0 || filters.length === 0) return selected;
  return explainMismatch(filterParts(filters, pairs(nodeTypes).map(searchedIn), appName), expanded, appName);
}
