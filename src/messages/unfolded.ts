import type { Template } from '../settings/template.ts';

/** Unfolds a text: without the tags of `<details>`, and without the words about a click in its summary. */
export function unfolded(template: Template): Template {
  return template
    .replaceAll(/<summary\b[^>]*>(.*?)<\/summary>/gis, (_, summary: string) => `${withoutClick(summary)}\n`)
    .replaceAll(/<\/?details\b[^>]*>/gi, '')
    .trim() as Template;
}

const withoutClick = (summary: string) => summary.replace(/\s*(?:<em>|_)\(click[^)]*\)(?:<\/em>|_)/i, '');
