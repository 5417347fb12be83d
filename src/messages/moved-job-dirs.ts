import type { Markdown } from '../outside/forge/forge.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn, type Template } from '../settings/template.ts';
import { asComment, maxCommentLength } from './comment.ts';
import { md } from './markdown.ts';
import { pythonList } from './python-list.ts';

/** Job directories of a closed pull request were moved. `links`: the ID links that were moved. `merged`: undefined if unknown. */
export function movedJobDirs(
  links: readonly string[],
  trashBinDir: string,
  merged: boolean | undefined,
  texts: Texts,
): Markdown {
  const template = merged === false ? saidOfClosed(texts.movedJobDirs) : texts.movedJobDirs;
  const fill = (jobDirs: string) => fillIn(template, { job_dirs: jobDirs, trash_bin_dir: trashBinDir });
  for (let shown = links.length; ; shown = Math.floor(shown * 0.9)) {
    const leftOut = links.length - shown;
    const text = fill(`${pythonList(links.slice(0, shown))}${leftOut === 0 ? '' : ` and ${leftOut} more`}`);
    if (text.length <= maxCommentLength || shown === 0) return asComment(text);
  }
}

/** The site's own text may tell of a merge, as the shipped one does. */
function saidOfClosed(template: Template): Template {
  return template.replaceAll(/\b(m)erged\b/gi, (_, m: string) => (m === 'M' ? 'Closed' : 'closed')) as Template;
}

/** Why an instance has no job of a pull request: its files do not tell which. */
export const whyNoJob = md`nothing was built yet, or the directories of its jobs were moved away when the pull request was closed`;
