import { quoteWord } from '../daemon/quote-word.ts';

/** The end of a sentence. */
export const readOnly = 'is on a file system that is mounted read-only here';

/** What is said of a path that nothing can be written to for that, and what mends it. */
export const tellReadOnly = (path: string) =>
  `${path} ${readOnly}: findmnt -T ${quoteWord(path)}; have it mounted for writing`;
