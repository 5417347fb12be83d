/**
 * A comment of app.cfg.example as Markdown: lines with a dash, and a word with its meaning behind it, become lists, other indented lines code.
 * What is typed as it stands (placeholders, variables, options, patterns, settings) stands in backquotes.
 */
export function markdownOfComment(lines: readonly string[], settings: readonly string[]): string {
  const blocks: { kind: 'text' | 'list' | 'code'; lines: string[] }[] = [];
  for (const line of lines) {
    const { kind, text } = lineOf(line, (part) => quoteTyped(part, settings));
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(text);
    else blocks.push({ kind, lines: [text] });
  }
  return blocks
    .map((block) => (block.kind === 'code' ? `\`\`\`ini\n${block.lines.join('\n')}\n\`\`\`` : block.lines.join('\n')))
    .join('\n\n');
}

function lineOf(line: string, quote: (text: string) => string): { kind: 'text' | 'list' | 'code'; text: string } {
  const [, item] = /^ +- (.*)$/.exec(line) ?? [];
  if (item !== undefined) return { kind: 'list', text: `- ${quote(item)}` };
  const [, word, meaning] = /^ +([a-z_]+) {2,}(.*)$/.exec(line) ?? [];
  if (word !== undefined && meaning !== undefined) return { kind: 'list', text: `- \`${word}\`: ${quote(meaning)}` };
  if (/^ {2,}/.test(line)) return { kind: 'code', text: line.replace(/^ {2}/, '') };
  return { kind: 'text', text: quote(line) };
}

const typed =
  /`[^`]*`|"--[^"]*"|\[[{"[].*\]|\{".*\}|%{1,2}\(\w+\)s|\$\{\w+\}|\$[A-Z]+|\{\w+\}|\{\{|\}\}|--[a-z][\w-]*=?(?:%%\(\w+\)s)?|\.\/bot\.sh(?: [a-z]+)?|\b[a-z_]+ = (?:true|false|value)\b|\b[a-z]+_[a-z_]+\b/g;

/** `settings`: what has an underscore and is no setting stays as it is. */
function quoteTyped(text: string, settings: readonly string[]): string {
  return text
    .replaceAll(typed, (part) => {
      if (part.startsWith('`') || (/^\w+$/.test(part) && !settings.includes(part))) return part;
      return `\`${part}\``;
    })
    .replaceAll(/\bdocs\/([\w-]+\.md)/g, '[$1]($1)');
}
