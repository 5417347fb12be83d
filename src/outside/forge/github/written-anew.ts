/** As JavaScript writes it, which is what smee.io does; and with escapes in capital letters, as GitHub writes those of control characters. */
export function writtenAnew(body: object): readonly string[] {
  const text = stringify(body);
  const capital = text.replaceAll(/\\(?:u[0-9a-f]{4}|[^u])/g, (escaped) =>
    escaped.length > 2 ? `\\u${escaped.slice(2).toUpperCase()}` : escaped,
  );
  return capital === text ? [text] : [text, capital];
}

/** Empty where it cannot be written: nested so deep that nothing of GitHub's is. */
function stringify(body: object): string {
  try {
    return JSON.stringify(body);
  } catch {
    return '';
  }
}
