import { codeSpan } from '../../messages/escape-markdown.ts';
import { joined, md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { BuildSettings } from '../../settings/settings.ts';
import { withoutQuotes } from './argument-words.ts';
import { type Component, type Filter, patternsOf } from './filter.ts';
import { judgeJobArgument, judgeSubmitArgument } from './job-arguments.ts';

type Allowed = Pick<BuildSettings, 'allowedExports' | 'allowedJobArguments' | 'allowedSubmitArguments'>;

interface Given {
  readonly exports: readonly string[];
  readonly submitArguments?: readonly string[];
}

/** The arguments that a command gives to its jobs; or the refusal. One refused argument refuses the command. */
export function judgeArguments(filters: readonly Filter[], allowed: Allowed): Given | { readonly refused: Markdown } {
  const typed = (component: Component) => [...new Set(patternsOf(filters, component))];
  const exports = judgeExports(typed('exportvariable'), allowed);
  const options = typed('submitargs').map((each) => judgeSubmitArgument(each, allowed.allowedSubmitArguments));
  const refused = [...exports, ...options].flatMap((each) => ('refused' in each ? [each.refused] : []));
  if (refused.length > 0) return { refused: joined(refused, ' ') };
  const submitArguments = options.flatMap((each) => ('accepted' in each ? each.accepted : []));
  return {
    exports: exports.flatMap((each) => ('accepted' in each ? [each.accepted] : [])),
    ...(submitArguments.length > 0 && { submitArguments }),
  };
}

type JudgedExport = ReturnType<typeof judgeJobArgument>;

/** Without allowed_jobargs the entries of allowed_exportvars count. They are compared as text, quotes included. */
function judgeExports(typed: readonly string[], allowed: Allowed): readonly JudgedExport[] {
  const { allowedExports, allowedJobArguments } = allowed;
  if (allowedJobArguments.length > 0) return typed.map((each) => judgeJobArgument(each, allowedJobArguments));
  const accepted = typed.map((each) => acceptedExport(each, allowedExports));
  const refused = typed.filter((_, index) => accepted[index] === undefined);
  if (refused.length > 0) return [{ refused: exportRefusal(refused, allowedExports) }];
  return accepted.flatMap((each) => (each === undefined ? [] : [{ accepted: each }]));
}

function acceptedExport(typed: string, entries: readonly string[]): string | undefined {
  if (entries.includes(typed)) return typed;
  const read = withoutQuotes(typed);
  if (!('text' in read) || !entries.includes(read.text)) return undefined;
  if (!/\s/.test(read.text)) return read.text;
  // Earlier versions took no blanks. The characters are checked as for allowed_jobargs.
  const judged = judgeJobArgument(typed, [{}]);
  return 'accepted' in judged ? judged.accepted : undefined;
}

function exportRefusal(notAllowed: readonly string[], entries: readonly string[]): Markdown {
  const allowed =
    entries.length === 0
      ? md`this bot allows no exports; its admin can allow some (\`allowed_exportvars\`).`
      : md`this bot allows ${joined(entries.map(codeSpan), ', ')}; its admin can allow more (\`allowed_exportvars\`).`;
  const refused = notAllowed.map((each) => codeSpan(`exportvariable:${each}`));
  return md`${joined(refused, ', ')} cannot be exported; ${allowed}`;
}
