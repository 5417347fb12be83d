/** What a program printed, in one line: a terminal would be shown line ends as `\u000a`. */
export const oneLine = (printed: string) =>
  printed
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
