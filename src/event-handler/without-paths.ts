/** Paths of files give way to `(path)`; addresses stay. */
export function withoutPaths(words: string): string {
  return words.replaceAll(/(?<![\w:/.])~?\/[^\s'"`,;:)]+/g, '(path)');
}
