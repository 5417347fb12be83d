/** Settings of app.cfg.example that stand together below one explanation; without settings: a remark on the section. */
export interface ExampleGroup {
  /** Empty before the first one. */
  readonly section: string;
  /** Lines of its comment, without `# `. */
  readonly comment: readonly string[];
  readonly settings: readonly ExampleSetting[];
}

export interface ExampleSetting {
  readonly key: string;
  /** As they stand in the file, the `# ` too that keeps a default out of force. */
  readonly lines: readonly string[];
  readonly isInForce: boolean;
}

/** What an example says of each setting. */
export function readExample(text: string): readonly ExampleGroup[] {
  let section = '';
  return text
    .trimEnd()
    .split(/\n\n+(?!\s)|\n(?=\[)|(?<=^\[.+\])\n/m)
    .flatMap((paragraph) => splitBeforeComments(paragraph.split('\n')))
    .flatMap((lines) => {
      const [, header] = /^\[(.+)\]$/.exec(lines[0] ?? '') ?? [];
      if (header === undefined) return [readGroup(section, lines)];
      section = header;
      return [];
    })
    .filter(({ comment, settings }) => comment.length + settings.length > 0);
}

const setting = /^(# )?([a-z]\w*) =/;
const isComment = (line: string) => line.startsWith('#') && !setting.test(line);

/** A comment below settings explains the next ones. */
function splitBeforeComments(lines: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const [index, line] of lines.entries()) {
    const begins = isComment(line) && !isComment(lines[index - 1] ?? '');
    if (index === 0 || begins) groups.push([line]);
    else groups.at(-1)?.push(line);
  }
  return groups;
}

function readGroup(section: string, lines: readonly string[]): ExampleGroup {
  const settings: { key: string; lines: string[]; isInForce: boolean }[] = [];
  for (const line of lines.filter((each) => !isComment(each))) {
    const [, mark, key] = setting.exec(line) ?? [];
    if (key !== undefined) settings.push({ key, lines: [line], isInForce: mark === undefined });
    else settings.at(-1)?.lines.push(line);
  }
  return { section, comment: lines.filter(isComment).map((line) => line.slice(2)), settings };
}
