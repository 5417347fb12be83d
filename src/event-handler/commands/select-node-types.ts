import type { NodeType, Settings } from '../../settings/settings.ts';
import { type Filter, matcherOf } from './filter.ts';

/** What `show_config` shows: the node types, each with those of its repositories, that the filters match. */
export function selectNodeTypes(filters: readonly Filter[], settings: Settings): readonly NodeType[] {
  const matches = matcherOf(filters);
  const { generation, github, nodeTypes } = settings;
  return nodeTypes.flatMap((nodeType) => {
    const repositories = nodeType.repositories.filter((repository) =>
      matches({
        architecture: generation === '9' ? nodeType.cpuSubdir : nodeType.name,
        accelerator: nodeType.accelerator,
        repository,
        instance: github.appName,
      }),
    );
    return repositories.length === 0 ? [] : [{ ...nodeType, repositories }];
  });
}
