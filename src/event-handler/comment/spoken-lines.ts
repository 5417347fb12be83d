// Parses GitHub's Markdown as far as needed to tell the author's own words from quotes, code and HTML comments. Blocks are recognized as in
// CommonMark. It takes linear time for any comment.

/** A block that goes on until a line closes it. */
interface OpenBlock {
  readonly closes: RegExp;
  /** The column of the list item that it is in: a line to the left of that ends both. */
  readonly column: number;
}

/** `(?!`)` keeps it linear: a run of backquotes is tried once, not once for each length. */
const fence = /^(`{3,}(?!`)(?!.*`)|~{3,})/;
/** HTML that is hidden, or shown as code, until its closing line. */
const comment = { opens: /^<!--/, closes: /-->/ };
const hidingHtml: readonly { readonly opens: RegExp; readonly closes: RegExp }[] = [
  comment,
  { opens: /^<(?:pre|script|style|textarea)(?:[\s>]|$)/i, closes: /<\/(?:pre|script|style|textarea)>/i },
  { opens: /^<\?/, closes: /\?>/ },
  { opens: /^<!\[CDATA\[/, closes: /\]\]>/ },
  { opens: /^<![A-Za-z]/, closes: />/ },
];
const listMarker = /^(?:[-*+]|\d{1,9}[.)])(?=\s|$)/;
const noParagraph = /^(?:#{1,6}(?:\s|$)|([-*_=])(?:[ \t]*\1)*[ \t]*$)/;

/** The lines of a comment without quotes, code blocks (fenced, indented, `<pre>`) and HTML comments. */
export function spokenLines(lines: readonly string[]): readonly string[] {
  const spoken: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    spoken.push(...withoutComments(paragraph));
    paragraph = [];
  };
  let isTextBefore = false;
  let items: number[] = []; // the columns where the contents of the open list items begin
  let open: OpenBlock | undefined;
  for (const line of lines) {
    const { indent, text } = withIndent(line);
    if (text === '') {
      if (open === undefined) endParagraph();
      isTextBefore = false;
      continue;
    }
    if (open !== undefined && indent >= open.column) {
      if (closesBlock(open, indent, text)) open = undefined;
      continue;
    }
    open = undefined;
    const begun = beginsBlock(indent, text, items, isTextBefore);
    items = begun.items;
    if (begun.kind === 'text') {
      if (begun.endsParagraph) endParagraph();
      paragraph.push(line);
      isTextBefore = begun.isParagraph;
      continue;
    }
    endParagraph();
    isTextBefore = begun.kind === 'quote';
    if (begun.kind === 'open') open = begun.block;
  }
  endParagraph();
  return spoken;
}

type Begun = { readonly items: number[] } & (
  | { readonly kind: 'text'; readonly endsParagraph: boolean; readonly isParagraph: boolean }
  | { readonly kind: 'quote' | 'code' }
  | { readonly kind: 'open'; readonly block: OpenBlock | undefined }
);

/** What a line outside open blocks begins. */
function beginsBlock(indent: number, text: string, before: readonly number[], isTextBefore: boolean): Begun {
  const inside = before.filter((column) => column <= indent);
  let column = inside.at(-1) ?? 0;
  if (indent - column >= 4) {
    return isTextBefore
      ? { kind: 'text', items: [...before], endsParagraph: false, isParagraph: true }
      : { kind: 'code', items: inside };
  }
  if (isTextBefore && /^(?:=+|-+)$/.test(text)) {
    return { kind: 'text', items: inside, endsParagraph: false, isParagraph: false }; // makes the paragraph a heading
  }
  const items = [...inside];
  let [rest, at] = [text, indent];
  for (let marker = listMarker.exec(rest); marker !== null; marker = listMarker.exec(rest)) {
    const { indent: blanks, text: content } = withIndent(rest.slice(marker[0].length), at + marker[0].length);
    const isCode = content !== '' && blanks > 4;
    column = at + marker[0].length + (isCode || content === '' ? 1 : blanks);
    items.push(column);
    if (isCode) return { kind: 'code', items };
    [rest, at] = [content, column];
    if (items.length > 100) break; // deeper than anybody writes
  }
  if (rest.startsWith('>')) return { kind: 'quote', items };
  const block = openBlock(rest, column);
  if (block !== undefined) return { kind: 'open', items, block: block === 'closed' ? undefined : block };
  const isItem = items.length > inside.length;
  const isParagraph = rest !== '' && !noParagraph.test(rest);
  // A line to the left of the list item continues its paragraph, if it begins nothing new.
  const goesOn = isTextBefore && !isItem && isParagraph;
  return { kind: 'text', items: goesOn ? [...before] : items, endsParagraph: !goesOn, isParagraph };
}

/** The block that a line opens; `closed` if it ends on the same line. */
function openBlock(text: string, column: number): OpenBlock | 'closed' | undefined {
  const opening = fence.exec(text)?.[1];
  if (opening !== undefined) return { column, closes: new RegExp(`^${opening.charAt(0)}{${opening.length},}[ \\t]*$`) };
  const html = hidingHtml.find(({ opens }) => opens.test(text));
  if (html === undefined) return undefined;
  if (html.closes.test(text.slice(2))) return 'closed';
  // A browser knows no list items: an open HTML comment hides all that follows.
  return { column: html === comment ? 0 : column, closes: html.closes };
}

/** A closing fence stands at most three columns to the right of its place. */
function closesBlock({ closes, column }: OpenBlock, indent: number, text: string): boolean {
  return closes.test(text) && (!closes.source.startsWith('^') || indent - column <= 3);
}

/** The indentation of a line, in columns, and the text after it. `from`: the column of its first character. */
function withIndent(line: string, from = 0): { readonly indent: number; readonly text: string } {
  let column = from;
  let index = 0;
  for (; line.charAt(index) === ' ' || line.charAt(index) === '\t'; index++)
    column += line.charAt(index) === '\t' ? 4 - (column % 4) : 1;
  return { indent: column - from, text: line.slice(index).trimEnd() };
}

/** The lines of a paragraph that do not begin within an HTML comment. */
function withoutComments(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => line.includes('<!--'))) return lines;
  const text = lines.join('\n');
  const comments = commentsIn(text);
  let [start, next] = [0, 0];
  return lines.filter((line) => {
    while ((comments[next]?.to ?? Number.POSITIVE_INFINITY) <= start) next += 1;
    const isHidden = (comments[next]?.from ?? Number.POSITIVE_INFINITY) < start;
    start += line.length + 1;
    return !isHidden;
  });
}

/** The HTML comments of a paragraph: outside code, closed within the paragraph. */
function commentsIn(text: string): readonly { readonly from: number; readonly to: number }[] {
  const comments: { from: number; to: number }[] = [];
  const closing = closingRuns(text);
  const piece = /\\.|`+|<!--/gs;
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    const [found] = match;
    if (found.startsWith('`')) piece.lastIndex = closing(match.index, found.length) ?? piece.lastIndex;
    if (found !== '<!--') continue;
    const end = /^-?>/.test(text.slice(piece.lastIndex, piece.lastIndex + 2)) ? piece.lastIndex - 2 : piece.lastIndex;
    const to = text.indexOf('-->', end);
    if (to < 0) break;
    comments.push({ from: match.index, to: to + 3 });
    piece.lastIndex = to + 3;
  }
  return comments;
}

/** Finds the end of inline code: after the next run of backquotes of the same length. */
function closingRuns(text: string): (from: number, length: number) => number | undefined {
  const ends = new Map<number, number[]>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const known = ends.get(run.length);
    if (known) known.push(index + run.length);
    else ends.set(run.length, [index + run.length]);
  }
  const used = new Map<number, number>();
  return (from, length) => {
    const all = ends.get(length) ?? [];
    let next = used.get(length) ?? 0;
    while (next < all.length && (all[next] ?? 0) <= from + length) next += 1;
    used.set(length, next);
    return all[next];
  };
}
