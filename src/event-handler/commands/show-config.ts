import { z } from 'zod';
import { configTable as showConfigComment } from '../../messages/config-table.ts';
import { md, ownText } from '../../messages/markdown.ts';
import { list, word } from '../../outside/files/shapes.ts';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { matcherOf } from '../arguments/filter.ts';
import { nodeTypeShape } from '../submit/build-target.ts';
import type { Command, CommandLine } from './command.ts';
import { explainMismatch, filterParts, type Mismatch } from './explain-mismatch.ts';
import { type Candidate, candidates, searchable } from './site-targets.ts';

const kept = z.object({ kind: z.literal('show_config'), nodeTypes: list(nodeTypeShape) });
const result = z.object({ kind: z.literal('show_config'), url: word });

export const showConfig: Command<'show_config', typeof kept, typeof result> = {
  name: 'show_config',
  permission: 'command',
  standsAlone: true,
  searches: () => ['instance', 'architecture', 'accelerator', 'repository'],
  usage: () => md`bot: show_config`,
  does: md`what this instance builds`,
  example({ nodeTypes }) {
    const [first] = candidates(nodeTypes);
    return first === undefined ? 'show_config' : `show_config repo:${first.repositoryId}`;
  },
  guide: {
    task: 'look',
    when: md`When a name is needed for \`for:\`, \`on:\` or a filter: it lists all that the instance can build on.`,
    answers: [md`A comment with each node type: its architecture, its accelerator, its repositories.`],
  },
  kept,
  plan(line, settings) {
    const selected = selectNodeTypes(line, settings);
    return 'reason' in selected
      ? { kind: 'nothing-matches', ...selected }
      : { kind: 'show_config', nodeTypes: selected };
  },
  answer: ({ nodeTypes }, _got, { appName, dialect }) => ({
    comment: { saying: 'show_config', body: showConfigComment(appName, nodeTypes, dialect) },
  }),
  result,
  tell: ({ url }) => ({ kind: 'told', lines: [md`  - added comment ${ownText(url)} to show configuration`] }),
};

/** The node types, with their repositories, that the filters match; or why they match nothing. */
function selectNodeTypes(
  { filters, expanded }: CommandLine,
  { appName, dialect, nodeTypes }: Settings,
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
  return explainMismatch(filterParts(filters, candidates(nodeTypes).map(searchedIn), appName), expanded, appName);
}
