import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import { parseComponent } from './filter.ts';

/** The content of a `for:`: each architecture is a target, with the accelerators if there are any. */
export interface BuildFor {
  /** As typed; each once. */
  readonly architectures: readonly string[];
  /** As typed: `A`, or `A+B` for one job that builds for both. */
  readonly accelerator?: string;
}

type ForReading =
  | { readonly kind: 'for'; readonly value: BuildFor }
  | { readonly kind: 'problem'; readonly problem: Markdown };

const maxLength = 200;
/** The most architectures in one command. */
export const maxArchitectures = 100;

/** Parses `arch=A[+A2][,accel=B]`. Both become directory names and words of shell commands, so they are checked (D36). B may hold `+`. */
export function parseFor(text: string): ForReading {
  const found: { architecture?: readonly string[]; accelerator?: string } = {};
  for (const item of text.split(',')) {
    if (item === '') return problem(md`${codeSpan(`for:${text}`)} has an empty item; is there a comma too many?`);
    const [name = '', ...values] = item.split('=');
    if (values.length !== 1) return problem(equalSigns(item, values.length));
    const reading = parseComponent(name, ['architecture', 'accelerator']);
    if ('problem' in reading) return problem(md`In ${codeSpan(`for:${text}`)}: ${reading.problem}`);
    const { component } = reading;
    if (found[component] !== undefined) {
      return problem(
        md`${codeSpan(`for:${text}`)} has two ${component === 'architecture' ? md`architectures` : md`accelerators`}; write several as ${codeSpan(`${name}=A+B`)}.`,
      );
    }
    const value = values[0] ?? '';
    const parts = namesIn(value);
    const [bad] = parts.flatMap((part) => whyNoPath(part) ?? []);
    if (bad !== undefined) return problem(md`In ${codeSpan(`for:${item}`)}, ${bad}`);
    if (component === 'architecture') found.architecture = [...new Set(parts)];
    else if (value.length > maxLength) return problem(md`In ${codeSpan(`for:${item}`)}, ${tooLong(value)}`);
    else found.accelerator = value;
  }
  if (found.architecture === undefined) {
    return problem(md`${codeSpan(`for:${text}`)} names no architecture; add one, as in \`for:arch=x86_64/amd/zen2\`.`);
  }
  const { architecture: architectures, accelerator } = found;
  if (architectures.length > maxArchitectures) return problem(tooManyArchitectures(architectures.length));
  return { kind: 'for', value: { architectures, ...(accelerator !== undefined && { accelerator }) } };
}

export const tooManyArchitectures = (asked: number) =>
  md`\`for:\` asks for ${asked} architectures; ${maxArchitectures} are allowed in one command.`;

/** The names of `A+B`. */
export const namesIn = (accelerator: string): readonly string[] => accelerator.split('+');

function equalSigns(item: string, count: number): Markdown {
  const found = count === 0 ? md`no \`=\`` : md`more than one \`=\``;
  return md`The item ${codeSpan(item)} of \`for:\` has ${found}; items are \`arch=NAME\` and \`accel=NAME\`.`;
}

function whyNoPath(name: string): Markdown | undefined {
  if (name === '') return md`a value is empty; give a name such as \`x86_64/amd/zen2\`.`;
  if (name.length > maxLength) return tooLong(name);
  if (!/^[A-Za-z0-9._/-]+$/.test(name)) {
    return md`${codeSpan(name)} holds other characters than \`A-Z a-z 0-9 . _ - /\`.`;
  }
  if (name.split('/').some((part) => ['', '.', '..'].includes(part))) {
    return md`${codeSpan(name)} is no relative path: no part between \`/\` may be empty, \`.\` or \`..\`.`;
  }
  return undefined;
}

const tooLong = (name: string) => md`a name has ${name.length} characters; ${maxLength} are allowed.`;

function problem(text: Markdown): ForReading {
  return { kind: 'problem', problem: text };
}
