import { isDeepStrictEqual } from 'node:util';
import type { Troubles } from '../../daemon/troubles.ts';
import { writeDurably } from '../../outside/files/durable-files.ts';
import { wordsOf } from '../../words-of.ts';
import type { Followed } from '../records/followed.ts';
import type { Tools } from '../tools.ts';
import { gatherPageFacts, gatherPageNow } from './gather-page-facts.ts';
import type { PageNow } from './page-facts.ts';
import { refreshMilliseconds, renderPage } from './render-page.ts';

/** A web server may run as another account. */
const readableByAll = 0o644;

/** The file `status_page`: rewritten when its content changes, and often enough that its time shows whether the job manager is alive. */
export class StatusPage {
  #written: { readonly path: string; readonly now: PageNow; readonly at: number } | undefined;

  /** `followed`: after the interval. Never throws: it must not stop the watch. */
  async update(
    { settings, now, monotonic, log }: Pick<Tools, 'settings' | 'now' | 'monotonic' | 'log'>,
    followed: readonly Followed[],
    troubles: Troubles,
  ): Promise<void> {
    const { statusPage: path } = settings.jobManager;
    if (path === undefined) return troubles.wentWell('page');
    try {
      const failing = troubles.open.filter(({ kind }) => kind !== 'page'); // resolved if the page can be written
      const pageNow = await gatherPageNow(settings, followed, failing);
      if (this.#isWritten(path, pageNow, monotonic())) return;
      const page = renderPage(await gatherPageFacts(settings, pageNow, followed), now());
      await writeDurably(path, page, readableByAll);
      this.#written = { path, now: pageNow, at: monotonic() };
      troubles.wentWell('page');
    } catch (err) {
      log.warn({ err, path }, 'could not write the status page');
      troubles.report('page', wordsOf(err));
    }
  }

  #isWritten(path: string, now: PageNow, at: number): boolean {
    const written = this.#written;
    const isFresh = written !== undefined && at - written.at < refreshMilliseconds;
    return isFresh && written.path === path && isDeepStrictEqual(written.now, now);
  }
}
