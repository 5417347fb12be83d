import { Marked, type Token, type Tokens } from 'marked';
import { anchorsOf } from './anchors-of.ts';
import { type SitePage, type SitePlan, sourceOf } from './plan-site.ts';

interface Heading {
  readonly depth: number;
  readonly html: string;
  readonly anchor: string;
}

/** A page of the site as HTML, which needs nothing but the style sheet beside it. */
export function renderPage(page: SitePage, text: string, plan: SitePlan, version: string): string {
  const { body, headings } = renderBody(page, text, plan);
  const at = plan.pages.indexOf(page);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.target === 'index.html' ? '' : `${escapeHtml(page.title)} · `}Build-test-deploy bot</title>
<link rel="stylesheet" href="page.css">
</head>
<body>
<a class="skip" href="#text">To the text</a>
<header><a class="home" href="index.html">Build-test-deploy bot</a> <span>${escapeHtml(version)}</span></header>
<div class="columns">
${navigation(page, plan)}
<main id="text">
${body}
<nav class="turn" aria-label="Next page">${turn(plan.pages[at - 1], '←')}${turn(plan.pages[at + 1], '→')}</nav>
</main>
${contents(headings)}
</div>
</body>
</html>
`;
}

function renderBody(page: SitePage, text: string, plan: SitePlan): { body: string; headings: readonly Heading[] } {
  const headings: Heading[] = [];
  const marked = new Marked({ gfm: true });
  const tokens = marked.lexer(text);
  const names: string[] = [];
  void marked.walkTokens(tokens, (token: Token) => {
    if (token.type === 'heading') names.push(String(token['text']));
  });
  const anchors = anchorsOf(names);
  marked.use({
    renderer: {
      heading({ tokens: inside, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(inside);
        const anchor = anchors[headings.length] ?? '';
        headings.push({ depth, html, anchor });
        return `<h${depth} id="${escapeHtml(anchor)}">${html} <a class="anchor" href="#${escapeHtml(anchor)}" aria-label="Link to this heading">#</a></h${depth}>\n`;
      },
      // On a phone one wants to see it large.
      image({ href, text: description }: Tokens.Image) {
        return `<a href="${escapeHtml(href)}"><img src="${escapeHtml(href)}" alt="${escapeHtml(description)}"></a>`;
      },
      table({ header, rows }: Tokens.Table) {
        const inline = ({ tokens: inside }: Tokens.TableCell) => this.parser.parseInline(inside);
        const labels = header.map(({ text: label }) => label.replaceAll(/[`*]/g, ''));
        return renderTable(
          header.map(inline),
          labels,
          rows.map((row) => row.map(inline)),
        );
      },
    },
  });
  void marked.walkTokens(tokens, (token) => {
    if (token.type === 'link' || token.type === 'image') token['href'] = targetOf(page, String(token['href']), plan);
  });
  return { body: marked.parser(tokens), headings };
}

/** Each cell tells its column, for a screen on which a row is a card. */
function renderTable(head: readonly string[], labels: readonly string[], rows: readonly (readonly string[])[]): string {
  const headRow = `<thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead>`;
  const body = rows.map((row) => {
    const cells = row.map((cell, column) => `<td data-label="${escapeHtml(labels[column] ?? '')}">${cell}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  const shown = head.some((cell) => cell !== '') ? headRow : '';
  return `<div class="table"><table>${shown}<tbody>${body.join('\n')}</tbody></table></div>\n`;
}

/** Where a link of the Markdown leads in the site. */
function targetOf(page: SitePage, href: string, { pages, copies }: SitePlan): string {
  const source = sourceOf(page.source, href);
  if (source === undefined) return href;
  const target = source === 'README.md' ? 'index.html' : pages.find((each) => each.source === source)?.target;
  return `${target ?? copies.get(source) ?? href}${/#.*/.exec(href)?.[0] ?? ''}`;
}

function navigation(page: SitePage, { pages }: SitePlan): string {
  const items = pages.map((each) => {
    const here = each === page ? ' aria-current="page"' : '';
    const below = each.isBelow ? ' class="below"' : '';
    return `<li${below}><a href="${each.target}"${here}>${escapeHtml(each.title)}</a></li>`;
  });
  const list = `<ul>${items.join('\n')}</ul>`;
  return `<details class="pages narrow"><summary>Pages: ${escapeHtml(page.title)}</summary><nav aria-label="All pages">${list}</nav></details>
<nav class="pages wide" aria-label="Pages">${list}</nav>`;
}

function contents(headings: readonly Heading[]): string {
  const items = headings
    .filter(({ depth }) => depth === 2)
    .map(
      ({ html, anchor }) => `<li><a href="#${escapeHtml(anchor)}">${html.replaceAll(/<\/?a\b[^>]*>/g, '')}</a></li>`,
    );
  if (items.length < 2) return '';
  return `<nav class="contents" aria-label="On this page"><p>On this page</p><ul>${items.join('\n')}</ul></nav>`;
}

function turn(page: SitePage | undefined, arrow: '←' | '→'): string {
  if (page === undefined) return '<span></span>';
  const title = escapeHtml(page.title);
  return `<a href="${page.target}">${arrow === '←' ? `← ${title}` : `${title} →`}</a>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
