import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ScriptedSlurm } from '../test/system/scripted-slurm.ts';
import { makeSite, type Running, type Site, type SiteOptions } from '../test/system/site.ts';

/** A site whose Slurm does what it is told, so that what is measured is the daemon alone. */
export interface QuietSite {
  readonly site: Site;
  readonly slurm: ScriptedSlurm;
  readonly portOf: (handler: Running) => number;
  /** Until what was just done has settled: V8 gives memory back when it is idle. */
  readonly rest: () => Promise<unknown>;
}

const restMilliseconds = 60_000;

export async function withQuietSite<T>(
  options: Omit<SiteOptions, 'slurm'> & { readonly isQuick?: boolean },
  measure: (quiet: QuietSite) => Promise<T>,
): Promise<T> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'bot-bench-')));
  const slurm = await ScriptedSlurm.make(directory);
  const site = await makeSite({ ...options, slurm: slurm.environment });
  try {
    return await measure({
      site,
      slurm,
      portOf: (handler) => Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(handler.output())?.[1]),
      rest: () => pause(options.isQuick ? 5_000 : restMilliseconds),
    });
  } finally {
    await site.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}
