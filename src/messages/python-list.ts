/** `['a', 'b']`, as Python prints a list. */
export function pythonList(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`).join(', ')}]`;
}
