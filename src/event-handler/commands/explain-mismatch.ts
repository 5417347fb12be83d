import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { nearestName } from '../../settings/nearest-name.ts';
import { type Filter, matcherOf, type Searchable } from '../arguments/filter.ts';
import { nearestSpelling } from './nearest-spelling.ts';

/** A part of a command that selects targets. */
export interface CommandPart {
  /** As it can be typed: `repository:R1`. */
  readonly typed: string;
  /** It selects something here, at least in part. */
  readonly isKnown: boolean;
  /** What to type instead, if it selects nothing. */
  readonly problem?: Markdown;
  /** What stands in its place in a command that selects something, typed as `typed` is. */
  readonly instead?: string;
  /** It selects nothing, but is spelled like a name that is here. */
  readonly isNear: boolean;
}

/** Why a command selects nothing at this site. */
export interface Mismatch {
  readonly reason: Markdown;
  /** A part of the command selects something here, or nearly: so this instance is probably meant. */
  readonly isMeant: boolean;
  /** The command that was probably meant, without `bot:`. It may not work. */
  readonly instead?: string;
}

/** Says which parts of a command select nothing, or that they select nothing together. */
export function explainMismatch(parts: readonly CommandPart[], whole: string, bot: string): Mismatch {
  const problems = [...new Set(parts.flatMap(({ problem }) => problem ?? []))];
  const isMeant = parts.some(({ isKnown, isNear }) => isKnown || isNear);
  const typed = parts.map((part) => codeSpan(part.typed));
  const together =
    typed.length > 1
      ? md`${joined(typed, ' and ')} each select something of ${codeSpan(bot)}, but nothing together`
      : md`${codeSpan(whole)} selects nothing of ${codeSpan(bot)}`;
  const what = problems.length > 0 ? joined(problems, '; ') : together;
  const reason = md`${what}; \`bot: show_config\` lists all.`;
  const short = whole.replaceAll('for:architecture=', 'for:arch=').replaceAll(',accelerator=', ',accel=');
  const mended = parts.reduce((text, part) => text.replace(part.typed, () => part.instead ?? part.typed), short);
  return { reason, isMeant, ...(mended !== short && { instead: mended }) };
}

/** The filters that search targets, each as a part. `sign`: `:`, or `=` in `on:`. */
export function filterParts(
  filters: readonly Filter[],
  targets: readonly Searchable[],
  bot: string,
  { before = '', sign = ':' } = {},
): readonly CommandPart[] {
  const searched = filters.filter(({ component }) => targets.some((target) => target[component] !== undefined));
  return searched
    .filter(({ component }) => component !== 'instance')
    .map((filter) => {
      const shown = (pattern: string) => `${before}${filter.component}${sign}${pattern}`;
      const typed = shown(filter.pattern);
      const values = [...new Set(targets.flatMap((target) => target[filter.component] ?? []))].filter(Boolean);
      const matches = matcherOf([filter]);
      if (values.some((value) => matches({ [filter.component]: value })))
        return { typed, isKnown: true, isNear: false };
      const near = nearestPart(filter.pattern, values);
      const nearest = near ?? nearestSpelling(filter.pattern, values);
      const hint = nearest === undefined ? md`` : md`; the nearest is ${codeSpan(shown(nearest))}`;
      const problem = md`${codeSpan(typed)} selects nothing of ${codeSpan(bot)}${hint}`;
      const instead = nearest === undefined ? {} : { instead: shown(nearest) };
      return { typed, isKnown: false, problem, ...instead, isNear: near !== undefined };
    });
}

/** The name, or end of a name, that is spelled like the pattern: `zen2` of `x86_64/amd/zen2`. */
function nearestPart(pattern: string, names: readonly string[]): string | undefined {
  return nearestName(pattern, [...names, ...names.map((name) => name.split('/').at(-1) ?? name)]);
}
