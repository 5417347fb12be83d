import { explainBuildComment } from '../../messages/explain.ts';
import type { Markdown } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { slurmArguments } from '../../settings/slurm-arguments.ts';
import type { BuildTarget } from '../submit/build-target.ts';
import type { Explaining } from './command.ts';
import { type KeptOfBuilds, whyLeftOut } from './left-to-build.ts';

/** Tells what a command would have built, and why not the rest. */
export function explainBuild(
  all: KeptOfBuilds,
  { typed, commit, asker }: Explaining,
  { appName, build }: Settings,
): Markdown {
  return explainBuildComment({
    ...{ appName, typed, asker },
    ...(commit !== undefined && { commit }),
    jobs: all.targets.map((target) => jobOf(target, build)),
    leftOut: whyLeftOut(all),
    mayChangeOptions: build.allowUpdateSubmitOpts,
  });
}

function jobOf(target: BuildTarget, build: Settings['build']) {
  const { nodeType, forArch, forAccelerator, repositoryId, submitArguments, exports } = target;
  const own = nodeType.slurmParams;
  return {
    for: forAccelerator === undefined ? [forArch] : [forArch, forAccelerator],
    repositoryId,
    on: nodeType.name,
    options: slurmArguments(build, own, own, '', submitArguments).slice(0, -1), // without the script, which is last
    exports,
  };
}
