import { dirname, join } from 'node:path/posix';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';

/** A page of the site. */
export interface SitePage {
  /** Of its Markdown, from the top of the repository. */
  readonly source: string;
  /** Of its HTML, from the top of the site. */
  readonly target: string;
  readonly title: string;
  /** It belongs below the page before it in the navigation. */
  readonly isBelow: boolean;
}

/** Pages in order of need, and where other files that they link lie in the site. */
export interface SitePlan {
  readonly pages: readonly SitePage[];
  readonly copies: ReadonlyMap<string, string>;
}

const first = 'docs/index.md';

/** The site: docs/index.md, the pages that its last list links, in that order, and the files that any of them links. `read`: a page's Markdown. */
export function planSite(read: (path: string) => string): SitePlan {
  const list = lexer(read(first)).findLast((token) => token.type === 'list') as Tokens.List | undefined;
  const pages = [
    { source: first, target: 'index.html', title: 'What it is, and why', isBelow: false },
    ...(list === undefined ? [] : entriesOf(list, false)),
  ];
  const targets = new Set(pages.map(({ source }) => source));
  const linked = pages.flatMap(({ source }) => linksOf(read(source)).map((href) => sourceOf(source, href)));
  const others = linked
    .filter((path) => path !== undefined)
    .filter((path) => !targets.has(path) && path !== 'README.md');
  return { pages, copies: new Map(others.map((path) => [path, copyOf(path)])) };
}

function entriesOf(list: Tokens.List, isBelow: boolean): SitePage[] {
  return list.items.flatMap((item) => {
    const below = item.tokens.filter((token) => token.type === 'list') as Tokens.List[];
    const own: SitePage[] = [];
    void walkTokens(
      item.tokens.filter((token) => token.type !== 'list'),
      (token) => {
        if (token.type !== 'link' || own.length > 0) return;
        const { href, text } = token as Tokens.Link;
        const source = sourceOf(first, href) ?? href;
        own.push({ source, target: `${nameOf(source).toLowerCase()}.html`, title: text, isBelow });
      },
    );
    return [...own, ...below.flatMap((each) => entriesOf(each, true))];
  });
}

const nameOf = (path: string) => path.replace(/^.*\//, '').replace(/\.md$/, '');

/** Pictures stay what they are, all else is shown as text by any browser, also from the disk. */
const copyOf = (path: string) => `files/${path.replace(/^.*\//, '')}${/\.(png|svg)$/.test(path) ? '' : '.txt'}`;

function linksOf(text: string): readonly string[] {
  const links: string[] = [];
  void walkTokens(lexer(text), (token: Token) => {
    if (token.type === 'link' || token.type === 'image') links.push(String(token['href']));
  });
  return links;
}

/** The file of the repository that a link of a page leads to; undefined: it leads elsewhere, or stays on the page. */
export function sourceOf(page: string, href: string): string | undefined {
  const path = href.replace(/#.*/, '');
  return path === '' || /^[a-z]+:/.test(path) ? undefined : join(dirname(page), path);
}
