import type { Markdown } from '../outside/github/github.ts';

// eslint lets nothing outside src/messages be called Markdown by a cast: a text that a stranger chose would pass for one of ours.

/** Markdown in our own words. What stands between them is Markdown already, by a function of escape-markdown.ts, or a number. */
export function md(words: TemplateStringsArray, ...between: readonly (Markdown | number)[]): Markdown {
  return words.reduce((text, word, index) => `${text}${between[index - 1]}${word}`) as Markdown;
}

/** Some, with our own words between them. */
export function joined(parts: readonly Markdown[], words: string): Markdown {
  return parts.join(words) as Markdown;
}

/** The text of a comment that is the bot's own, as GitHub gives it back, or as its record has it. */
export function ownText(text: string): Markdown {
  return text as Markdown;
}
