/** JSON as JavaScript writes it (smee.io does so), and with upper-case escapes, as GitHub writes control characters. */
export function writtenAnew(body: object): readonly string[] {
  const text = stringify(body);
  const capital = text.replaceAll(/\\(?:u[0-9a-f]{4}|[^u])/g, (escaped) =>
    escaped.length > 2 ? `\\u${escaped.slice(2).toUpperCase()}` : escaped,
  );
  return capital === text ? [text] : [text, capital];
}

/** Empty if it cannot be written: nested deeper than anything of GitHub's. */
function stringify(body: object): string {
  try {
    return JSON.stringify(body);
  } catch {
    return '';
  }
}
