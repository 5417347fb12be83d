import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpan } from './escape-markdown.ts';

/** The short form of a commit. */
export const shortCommit = (commit: string): Markdown => codeSpan(commit.slice(0, 7));
