import { writeConfig } from '../../configparser/write-config.ts';
import type { Settings } from '../../settings/settings.ts';
import type { BuildTarget } from './build-target.ts';

/**
 * The text of `cfg/job.cfg`, which the job script and the build scripts of the target repository read line by line.
 * `cfgDir`: where the site's own files were copied; undefined if there are none.
 */
export function jobCfg(settings: Settings, target: BuildTarget, cfgDir: string | undefined): string {
  const { nodeType, repositoryId } = target;
  const section = settings.repositories.sections[repositoryId];
  const { hasNodeTypes, setsUpSite } = settings.dialect;
  return writeConfig([
    { name: 'site_config', values: withoutEmpty(settings.build.siteConfig) },
    {
      name: 'repository',
      values: withoutEmpty({
        repos_cfg_dir: cfgDir ?? '',
        repo_id: repositoryId,
        container: section?.container ?? '',
        repo_name: section?.repoName ?? '',
        repo_version: section?.repoVersion ?? '',
      }),
    },
    {
      name: 'architecture',
      values: {
        ...(hasNodeTypes && { node_type: nodeType.name }),
        software_subdir: target.forArch,
        os_type: nodeType.os,
        accelerator: target.forAccelerator ?? '',
      },
    },
    ...(setsUpSite ? [] : [{ name: 'job_script', values: { site_setup: 'no' } }]),
  ]);
}

function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
