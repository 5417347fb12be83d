import { RE2JS } from 're2js';

const token = /\{\{|\}\}|\{([^{}]*)\}/g;

/**
 * The reverse of fillIn: what the placeholders of a template were filled with, if the text can have come from it. In
 * linear time, since templates and texts are other people's.
 */
export function matchTemplate(template: string, text: string): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  let pattern = '';
  let end = 0;
  for (const match of template.matchAll(token)) {
    const [whole, name] = match;
    pattern += RE2JS.quote(template.slice(end, match.index));
    end = match.index + whole.length;
    if (name === undefined) pattern += RE2JS.quote(whole.charAt(0));
    else {
      names.push(name);
      // What stands between backquotes holds none.
      pattern += template.charAt(match.index - 1) === '`' ? '([^`]*?)' : '(.*?)';
    }
  }
  pattern += RE2JS.quote(template.slice(end));
  const matcher = RE2JS.compile(`^\\s*${pattern.trim()}\\s*$`).matcher(text);
  if (!matcher.find()) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, matcher.group(index + 1) ?? '']));
}
