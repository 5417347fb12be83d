import type { Markdown } from '../outside/github/github.ts';
import type { Generation, NodeType } from '../settings/settings.ts';
import { asComment } from './comment.ts';
import { codeSpan } from './escape-markdown.ts';
import { pythonList } from './python-list.ts';

/** What this instance builds: the comment of `bot: show_config`, and at chat level chatty of an opened pull request. */
export function showConfig(appName: string, nodeTypes: readonly NodeType[], generation: Generation): Markdown {
  return asComment(generation === '9' ? byNodeType(appName, nodeTypes) : byArchitecture(appName, nodeTypes));
}

function byNodeType(appName: string, nodeTypes: readonly NodeType[]): string {
  const lines = nodeTypes.flatMap((nodeType) => [
    `- Node type ${codeSpan(nodeType.name)}:`,
    `  - OS: ${codeSpan(nodeType.os)}`,
    `  - CPU architecture: ${codeSpan(nodeType.cpuSubdir)}`,
    `  - Repositories: ${codeSpan(pythonList(nodeType.repositories))}`,
    ...(nodeType.accelerator === undefined ? [] : [`  - Accelerators: ${codeSpan(nodeType.accelerator)}`]),
    '',
  ]);
  return [`Instance ${codeSpan(appName)} is configured to build on:`, ...lines].join('\n');
}

function byArchitecture(appName: string, nodeTypes: readonly NodeType[]): string {
  const architectures = nodeTypes.map((nodeType) => nodeType.cpuSubdir);
  const repositories = nodeTypes.flatMap((nodeType) => nodeType.repositories);
  return [
    `Instance ${codeSpan(appName)} is configured to build for:`,
    `- architectures: ${eachOnce(architectures)}`,
    `- repositories: ${eachOnce(repositories)}`,
  ].join('\n');
}

function eachOnce(names: readonly string[]): string {
  return names.length === 0 ? 'none' : [...new Set(names)].map(codeSpan).join(', ');
}
