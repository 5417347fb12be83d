import type { Markdown } from '../outside/forge/forge.ts';

// eslint forbids casts to Markdown outside src/messages: text that a stranger chose would pass for ours.

/** Markdown in our own words. What is inserted is Markdown already, by a function of escape-markdown.ts, or a number. */
export function md(words: TemplateStringsArray, ...between: readonly (Markdown | number)[]): Markdown {
  return words.reduce((text, word, index) => `${text}${between[index - 1]}${word}`) as Markdown;
}

/** Parts, joined by our own words. */
export function joined(parts: readonly Markdown[], words: string): Markdown {
  return parts.join(words) as Markdown;
}

/** The text of the bot's own comment, from GitHub or from its record. */
export function ownText(text: string): Markdown {
  return text as Markdown;
}
