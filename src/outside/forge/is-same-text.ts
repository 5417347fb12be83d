/** Whether a comment says what was sent: line ends and trailing blanks may come back changed. */
export function isSameText(shown: string, sent: string): boolean {
  return plain(shown) === plain(sent);
}

const plain = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
