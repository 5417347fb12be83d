import type { ToldBuild } from '../../messages/job-comments.ts';
import { type Filter, matcherOf } from './filter.ts';

/** The builds that the filters of `status` match. `appName`: who answers, not who built. */
export function selectBuilds(
  filters: readonly Filter[],
  builds: readonly ToldBuild[],
  appName: string,
): readonly ToldBuild[] {
  const matches = matcherOf(filters);
  return builds.filter((build) =>
    matches({
      architecture: build.for.arch,
      accelerator: build.for.accelerator ?? '',
      repository: build.repository,
      instance: appName,
      job: build.jobId ?? '',
    }),
  );
}
