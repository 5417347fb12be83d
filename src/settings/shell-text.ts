// A run of plain characters, an escape, or a quoted run; within quotes nothing is expanded, but some backslashes are removed.
const token =
  /(?<plain>[^\\'"]+)|\\(?<escaped>[\s\S])|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[\s\S])*)"|(?<odd>['"\\])/g;

/** Unquotes a text that once went through a shell, and expands nothing. `'MY-bot'` is MY-bot. */
export function removeShellQuoting(text: string): { readonly text: string } | { readonly problem: string } {
  let result = '';
  for (const { groups = {} } of text.matchAll(token)) {
    const { plain, escaped, single, double, odd } = groups;
    if (odd === '\\') return { problem: 'ends in a backslash; remove it, or double it if it is meant' };
    if (odd !== undefined)
      return { problem: `has a \`${odd}\` without its partner; write \`\\${odd}\` if it is meant` };
    result += plain ?? escaped ?? single ?? double?.replaceAll(/\\([$`"\\])/g, '$1') ?? '';
  }
  return { text: result };
}

/** A path, word or number without the quotes round it or a part of it; an unmatched quote stays, and so does a backslash. */
export function removeQuotes(text: string): string {
  return text.replaceAll(
    /"([^"]*)"|'([^']*)'/g,
    (_whole, double: string | undefined, single: string | undefined) => double ?? single ?? '',
  );
}
