import { RE2JS } from 're2js';

const token = /\{\{|\}\}|\{([^{}]*)\}/g;

/** The reverse of fillIn: the values of a template's placeholders, if the text can come from it. Linear time: both are untrusted. */
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
      // A value between backquotes holds none.
      pattern += template.charAt(match.index - 1) === '`' ? '([^`]*?)' : '(.*?)';
    }
  }
  pattern += RE2JS.quote(template.slice(end));
  const matcher = RE2JS.compile(`^\\s*${pattern.trim()}\\s*$`).matcher(text);
  if (!matcher.find()) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, matcher.group(index + 1) ?? '']));
}
