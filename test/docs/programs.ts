/** What can be typed behind the name of a program. */
export interface Program {
  readonly name: string;
  readonly options: readonly { readonly names: readonly string[]; readonly takesValue: boolean }[];
  /** How many words that are no options. */
  readonly takesWords: number;
  readonly commands: readonly Program[];
}

const help = { names: ['-h', '--help'], takesValue: false };

/** Why a program would refuse these words; undefined: it takes them. */
export function whyRefused(program: Program, words: readonly string[]): string | undefined {
  const command = program.commands.find(({ name }) => name === words[0]);
  if (command !== undefined) return whyRefused({ ...command, name: `${program.name} ${command.name}` }, words.slice(1));
  let others = 0;
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, name, value] = /^(--?[A-Za-z][a-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      others++;
      continue;
    }
    const option = [...program.options, help].find(({ names }) => names.includes(name));
    if (option === undefined) return `${program.name} has no option ${name}`;
    if (option.takesValue && value === undefined && left.shift() === undefined) return `${name} wants a value`;
  }
  return others > program.takesWords ? `${program.name} does not take: ${words.join(' ')}` : undefined;
}
