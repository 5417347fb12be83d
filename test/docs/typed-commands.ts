import { splitWords } from '../../src/settings/posix-words.ts';
import type { Page } from './markdown-pages.ts';

/** A command as a page has it typed. */
export interface TypedCommand {
  readonly path: string;
  /** The first one names the program. */
  readonly words: readonly string[];
}

/** The commands in code blocks of shells, and those that a sentence names: `./bot.sh …`, `npm run …`. */
export function commandsOf({ path, words, codeBlocks }: Page): readonly TypedCommand[] {
  const blocks = codeBlocks.filter(({ language }) => ['sh', 'bash'].includes(language)).map(({ text }) => text);
  return [...blocks, ...words.filter((word) => /^(\.\/\w+\.sh|scripts\/\w|npm |npx )/.test(word))]
    .flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'))
    .flatMap(splitLine)
    .map((each) => ({ path, words: each }));
}

/** One line may hold several, a comment behind them, and variables before them. */
function splitLine(line: string): readonly (readonly string[])[] {
  return line
    .replace(/(^|\s)#.*$/, '')
    .split(/&&|\|\||[;|]/)
    .map((part) => {
      const result = splitWords(part.trim().replaceAll(/…|[<>&`]|\$\(|\)/g, ' '), {});
      return 'words' in result ? result.words.filter((word, index) => index > 0 || !/^\w+=/.test(word)) : [];
    })
    .filter((words) => words.length > 0);
}
