import type { Markdown } from '../outside/github/github.ts';
import { codeSpan } from './escape-markdown.ts';

/** A commit in few digits, as people write it. */
export const shortCommit = (commit: string): Markdown => codeSpan(commit.slice(0, 7));
