import type { Markdown } from '../outside/forge/forge.ts';
import { codeSpan } from './escape-markdown.ts';
import { joined } from './markdown.ts';

/** What something is built on, or for: an architecture, and an accelerator if there is one. */
export interface TargetPlace {
  readonly arch: string;
  readonly accelerator?: string;
}

/** A place in a cell of a table. */
export function shownPlace({ arch, accelerator }: TargetPlace): Markdown {
  return joined(
    [arch, accelerator].flatMap((name) => (name ? [codeSpan(name)] : [])),
    ', ',
  );
}
