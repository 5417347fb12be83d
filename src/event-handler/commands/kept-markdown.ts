import { ownText } from '../../messages/markdown.ts';
import { text } from '../../outside/files/shapes.ts';

/** Markdown in what plans keep of commands. */
export const keptMarkdown = text.transform(ownText);
