import type { Markdown } from '../outside/github/github.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { asComment, maxCommentLength } from './comment.ts';
import { pythonList } from './python-list.ts';

/** Job directories of a closed pull request were moved. `links`: the ID links that were moved. */
export function movedJobDirs(links: readonly string[], trashBinDir: string, texts: Texts): Markdown {
  const fill = (jobDirs: string) => fillIn(texts.movedJobDirs, { job_dirs: jobDirs, trash_bin_dir: trashBinDir });
  for (let shown = links.length; ; shown = Math.floor(shown * 0.9)) {
    const leftOut = links.length - shown;
    const text = fill(`${pythonList(links.slice(0, shown))}${leftOut === 0 ? '' : ` and ${leftOut} more`}`);
    if (text.length <= maxCommentLength || shown === 0) return asComment(text);
  }
}
