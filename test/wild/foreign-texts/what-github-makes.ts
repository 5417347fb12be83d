import { marked, type Token } from 'marked';

/**
 * What a reader of a comment could click on or load, who is called by it, what it refers to: links and HTML as Markdown has them, mentions
 * and references in the text that is left when it is rendered, code aside. `mention team`, `reference o/r#1`, `commit 1a2b3c4`, `link …`.
 */
export function whatGitHubMakes(markdown: string): string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (['link', 'image', 'html', 'def', 'heading', 'code', 'hr'].includes(token.type))
      found.push(`${token.type} ${token.raw}`);
  });
  return [...found, ...textNodes(markdown).flatMap(calledIn)];
}

/** Those that GitHub looks for mentions and references in. */
function textNodes(markdown: string): string[] {
  const html = String(marked.parse(markdown));
  const withoutCode = html.replaceAll(/<(code|pre|a)\b[^>]*>.*?<\/\1>/gs, '<code>');
  return withoutCode.split(/<[^>]*>/).map(decoded);
}

const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', commat: '@', num: '#' };

function decoded(html: string): string {
  return html.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(amp|lt|gt|quot|commat|num));?/gi, (_, hex, number, name) =>
    name ? (names[name] ?? '') : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(number)),
  );
}

function calledIn(text: string): string[] {
  const all = (pattern: RegExp, kind: string) => [...text.matchAll(pattern)].map((match) => `${kind} ${match[1]}`);
  return [
    ...all(/(?<![a-z\d])@([a-z\d][\w/-]*)/gi, 'mention'),
    ...all(/((?:[\w.-]+(?:\/[\w.-]+)?)?#\d+)/g, 'reference'),
    ...all(/\b(GH-\d+)/gi, 'reference'),
    ...all(/github\.com\/([\w.-]+\/[\w.-]+\/(?:issues|pull|discussions|commit)\/[\da-f]+)/gi, 'reference'),
    ...all(/(?<![\w])(?=\d*[a-f])([\da-f]{7,40})(?!\w)/g, 'commit'),
  ];
}
