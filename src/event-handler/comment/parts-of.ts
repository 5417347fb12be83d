/** Splits `name:pattern` at the first colon. `pattern`: undefined without a colon. */
export function partsOf(word: string): { readonly name: string; readonly pattern?: string } {
  const colon = word.indexOf(':');
  return colon < 0 ? { name: word } : { name: word.slice(0, colon), pattern: word.slice(colon + 1) };
}
