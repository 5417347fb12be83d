import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';
import type { NodeType } from '../settings/settings.ts';
import { asComment, asManyAsFit, maxCommentLength } from './comment.ts';
import { codeSpan } from './escape-markdown.ts';
import { pythonList } from './python-list.ts';

/** Of the list: leaves room for the name of the instance. */
const maxLength = maxCommentLength - 1_000;

/** What this instance builds: the comment of `bot: show_config`, and at chat level chatty of an opened pull request. */
export function configTable(appName: string, nodeTypes: readonly NodeType[], { hasNodeTypes }: Dialect): Markdown {
  return asComment(hasNodeTypes ? byNodeType(appName, nodeTypes) : byArchitecture(appName, nodeTypes));
}

function byNodeType(appName: string, nodeTypes: readonly NodeType[]): string {
  const entries = nodeTypes.map((nodeType) =>
    [
      `- Node type ${codeSpan(nodeType.name)}:`,
      `  - OS: ${codeSpan(nodeType.os)}`,
      `  - CPU architecture: ${codeSpan(nodeType.cpuSubdir)}`,
      `  - Repositories: ${codeSpan(pythonList(nodeType.repositories))}`,
      ...(nodeType.accelerator === undefined ? [] : [`  - Accelerators: ${codeSpan(nodeType.accelerator)}`]),
      '',
    ]
      .map((line) => `\n${line}`)
      .join(''),
  );
  const leftOut = (number: number) =>
    `\n- … and ${number} more node types; filters such as \`arch:PATTERN\` show fewer\n`;
  return `Instance ${codeSpan(appName)} is configured to build on:${asManyAsFit(entries, maxLength, leftOut)}`;
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
  if (names.length === 0) return 'none';
  const [first = '', ...others] = [...new Set(names)].map(codeSpan);
  const items = [first, ...others.map((name) => `, ${name}`)];
  return asManyAsFit(
    items,
    maxLength / 2,
    (leftOut) => `, … and ${leftOut} more; filters such as \`arch:PATTERN\` show fewer`,
  );
}
