import { codeSpan } from '../../messages/escape-markdown.ts';
import type { Markdown } from '../../outside/github/github.ts';
import { parseComponent } from './filter.ts';

/** What `for:` says: every combination of an architecture and, if there are any, an accelerator is a target. */
export interface BuildFor {
  /** As typed; each once. */
  readonly architectures: readonly string[];
  readonly accelerators: readonly string[];
}

type ForReading =
  | { readonly kind: 'for'; readonly value: BuildFor }
  | { readonly kind: 'problem'; readonly problem: Markdown };

const [maxLength, maxCombinations] = [200, 100];

/** Reads `arch=A[+A2][,accel=B[+B2]]`: names that become directories and words of shells, so both are checked (D36). */
export function parseFor(text: string): ForReading {
  const found: { architecture?: readonly string[]; accelerator?: readonly string[] } = {};
  for (const item of text.split(',')) {
    const [name = '', ...values] = item.split('=');
    if (values.length !== 1) return problem(equalSigns(item, values.length));
    const reading = parseComponent(name, ['architecture', 'accelerator']);
    if ('problem' in reading) return problem(`In ${codeSpan(`for:${text}`)}: ${reading.problem}`);
    const { component } = reading;
    if (found[component] !== undefined) {
      return problem(`${codeSpan(`for:${text}`)} has two ${component}s; write several as ${codeSpan(`${name}=A+B`)}.`);
    }
    const parts = [...new Set((values[0] ?? '').split('+'))];
    const bad = parts.find((part) => whyNoPath(part) !== undefined);
    if (bad !== undefined) return problem(`In ${codeSpan(`for:${item}`)}, ${whyNoPath(bad)}`);
    found[component] = parts;
  }
  if (found.architecture === undefined) {
    return problem(`${codeSpan(`for:${text}`)} names no architecture; add one, as in \`for:arch=x86_64/amd/zen2\`.`);
  }
  const value = { architectures: found.architecture, accelerators: found.accelerator ?? [] };
  const count = value.architectures.length * Math.max(1, value.accelerators.length);
  if (count > maxCombinations) {
    return problem(`\`for:\` asks for ${count} combinations; ${maxCombinations} are allowed in one command.`);
  }
  return { kind: 'for', value };
}

function equalSigns(item: string, count: number): string {
  const found = count === 0 ? 'no `=`' : 'more than one `=`';
  return `The item ${codeSpan(item)} of \`for:\` has ${found}; items are \`arch=NAME\` and \`accel=NAME\`.`;
}

function whyNoPath(name: string): string | undefined {
  if (name === '') return 'a value is empty; give a name such as `x86_64/amd/zen2`.';
  if (name.length > maxLength) return `a name has ${name.length} characters; ${maxLength} are allowed.`;
  if (!/^[A-Za-z0-9._/-]+$/.test(name)) {
    return `${codeSpan(name)} holds other characters than \`A-Z a-z 0-9 . _ - /\`.`;
  }
  if (name.split('/').some((part) => ['', '.', '..'].includes(part))) {
    return `${codeSpan(name)} is no relative path: no part between \`/\` may be empty, \`.\` or \`..\`.`;
  }
  return undefined;
}

function problem(text: string): ForReading {
  return { kind: 'problem', problem: text as Markdown };
}
