import type { Markdown } from '../outside/forge/forge.ts';
import { cutTo } from './comment.ts';
import { codeSpan } from './escape-markdown.ts';
import { md } from './markdown.ts';

/** What is said to a line that was probably meant as a command. `works`: what to type behind `bot:`. */
export function nearMiss(line: string, works: string): Markdown {
  return md`${codeSpan(cutTo(line, 500))} was not read as a command: that begins with ${codeSpan('bot:')}, in small letters, where its line begins, and not in code. Type ${codeSpan(`bot: ${cutTo(works, 500)}`)}`;
}
