import type { Markdown } from '../outside/github/github.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { asComment } from './comment.ts';
import { pythonList } from './python-list.ts';

/** Job directories of a closed pull request were moved. `links`: the ID links that were moved. */
export function movedJobDirs(links: readonly string[], trashBinDir: string, texts: Texts): Markdown {
  return asComment(fillIn(texts.movedJobDirs, { job_dirs: pythonList(links), trash_bin_dir: trashBinDir }));
}
