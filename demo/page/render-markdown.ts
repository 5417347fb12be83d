import { Marked, type Tokens } from 'marked';
import sanitizeHtml from 'sanitize-html';

const emoji: Readonly<Record<string, string>> = {
  grin: '😁',
  cry: '😢',
  shrug: '🤷',
  // Not the coloured ones, for which not every machine has a font.
  white_check_mark: '✔',
  x: '✘',
  rocket: '🚀',
  eyes: '👀',
  tada: '🎉',
  warning: '⚠️',
  hourglass: '⌛',
};

const marked = new Marked({
  gfm: true,
  // GitHub keeps line ends in comments.
  breaks: true,
  walkTokens(token) {
    // As GitHub shows the bare address of a comment.
    if (token.type !== 'link') return;
    const { href, text: shown } = token as Tokens.Link;
    const [, number] = /\/pull\/(\d+)#issuecomment-\d+$/.exec(href) ?? [];
    if (number === undefined || shown !== href) return;
    const text = `#${number} (comment)`;
    Object.assign(token, { text, tokens: [{ type: 'text', raw: text, text }] });
  },
  extensions: [
    {
      name: 'emoji',
      level: 'inline',
      start: (source) => source.match(/:[a-z_]+:/)?.index,
      tokenizer(source) {
        const [raw = '', name = ''] = /^:([a-z_]+):/.exec(source) ?? [];
        const text = emoji[name];
        return text === undefined ? undefined : { type: 'emoji', raw, text };
      },
      renderer: ({ text }) => String(text),
    },
  ],
});

/** A comment as GitHub would show it: GFM, then only such HTML as does no harm. `serverUrl`: what addresses of comments begin with. */
export function renderMarkdown(markdown: string, serverUrl: string): string {
  const html = sanitizeHtml(marked.parse(markdown, { async: false }), {
    allowedTags: [...sanitizeHtml.defaults.allowedTags.filter((tag) => tag !== 'img'), 'details', 'summary', 'del'],
    allowedAttributes: {
      a: ['href', 'target', 'rel'],
      td: ['align'],
      th: ['align'],
      details: ['open'],
    },
    transformTags: { a: (tagName, attributes) => ({ tagName, attribs: linkTo(attributes['href'] ?? '', serverUrl) }) },
  });
  // Last, so that no comment can make a box of its own: wide tables scroll in theirs.
  return html
    .replaceAll('<table>', '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
}

/** Comments are on this page; everything else is somewhere else. */
function linkTo(href: string, serverUrl: string): Record<string, string> {
  const [, comment] = /#issuecomment-(\d+)$/.exec(href) ?? [];
  if (comment !== undefined && href.startsWith(serverUrl)) return { href: `#comment-${comment}` };
  return { href, target: '_blank', rel: 'noopener noreferrer' };
}
