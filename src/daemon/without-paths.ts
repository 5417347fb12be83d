// From a quote to the next one, since a path in quotes may have a space; else up to a space or what ends a clause. A slash begins none behind
// a word (`owner/name`), and none in `https://`; an escaped line end is no word.
const begin = String.raw`(?:(?<![\w/.])|(?<=\\(?:[nrt]|u[\da-f]{4})))(?<!\b(?:https?|ssh|git|s3):(?=\/\/))(?:~\w*|\.{1,2})?\/`;
const inQuotes = new RegExp(String.raw`(?<=(['"\`]))${begin}[^'"\`\r\n]*(?=\1)`, 'g');
const plain = new RegExp(String.raw`${begin}[^\s'"\`,;:)]+`, 'g');

/** Replaces file paths by `(path)`; addresses stay. */
export function withoutPaths(words: string): string {
  return words.replaceAll(inQuotes, '(path)').replaceAll(plain, '(path)');
}
