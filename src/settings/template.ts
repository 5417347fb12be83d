/** A text with `{name}` placeholders, as Python's `str.format` reads it: `{{` and `}}` are braces. Checked by {@link checkTemplate}. */
export type Template = string & { readonly __brand: 'Template' };

const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** Returns a template, or names what is wrong with it. `names`: the placeholders that will have a value. */
export function checkTemplate(
  text: string,
  names: readonly string[],
): { readonly template: Template } | { readonly problem: string } {
  for (const match of text.matchAll(token)) {
    const [whole, name] = match;
    if (whole === '{{' || whole === '}}') continue;
    if (name === undefined) return { problem: `has a single \`${whole}\`; write \`${whole}${whole}\` for a brace` };
    if (!names.includes(name)) {
      return {
        problem: `has the unknown placeholder \`{${name}}\`; it may hold ${names.map((n) => `{${n}}`).join(', ') || 'none'}`,
      };
    }
  }
  return { template: text as Template };
}

/** Fills a template in. Values are inserted as they are: braces in them mean nothing. */
export function fillIn(template: Template, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(token, (whole, name: string | undefined) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    return (name !== undefined ? values[name] : undefined) ?? '';
  });
}
