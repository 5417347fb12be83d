/** Writes a word so that a POSIX shell, or splitWords, reads it as it is. */
export const quoteWord = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
