import { rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Version } from '../../outside/git/program-clone.ts';
import type { UpgradeTools } from './upgrade-tools.ts';
import { whatMends } from './what-mends.ts';

/** Where a version lies, complete, before it takes the place of the one in use; install-packages.sh takes its packages from there. */
const nextIn = (packages: string) => join(packages, 'next');

/**
 * Writes a version beside the one in use, has its packages installed there, and lets it check app.cfg. The daemons that run notice
 * nothing. Gives back why it cannot be used.
 */
export async function prepareVersion(
  version: Version,
  { packages, clone, appCfgPath, run, say }: UpgradeTools,
): Promise<readonly string[] | undefined> {
  const next = nextIn(packages);
  await clone.writeTo(next, version.commit);
  const install = join(next, 'scripts/install-packages.sh');
  if (!(await findPackages(packages, install, run))) {
    say(`Installing the packages of ${version.name} beside …`);
    const installed = await run(install, []);
    if (installed.status !== 0) {
      const mend = whatMends(installed.lines.join('\n'), dirname(packages));
      const ends = mend === undefined ? [] : [`What mends it: ${mend}`];
      return ['its packages could not be installed:', ...installed.lines, ...ends];
    }
  }
  const checked = await run(join(next, 'bot.sh'), ['check', '--config', appCfgPath]);
  if (checked.status !== 0) return [`it does not take ${appCfgPath}, or the state directory:`, ...checked.lines];
  return undefined;
}

/** Lets the version use packages that are there already, if they are its own: those in use, or those from before the last upgrade. */
async function findPackages(packages: string, install: string, run: UpgradeTools['run']): Promise<boolean> {
  const link = join(nextIn(packages), 'node_modules');
  for (const there of ['../../node_modules', '../before/node_modules']) {
    await symlink(there, link);
    if ((await run(install, ['--is-complete'])).status === 0) return true;
    await rm(link);
  }
  return false;
}

/** Removes what {@link prepareVersion} wrote. */
export async function removeNext(packages: string): Promise<void> {
  await rm(nextIn(packages), { recursive: true, force: true, maxRetries: 10 });
}
