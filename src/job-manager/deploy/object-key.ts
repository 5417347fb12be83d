import { basename } from 'node:path';
import { expandPrefix, type prefixVariables } from '../../jobs/expand-prefix.ts';
import { fullName } from '../../jobs/forge-names.ts';
import { legacyPath } from '../../jobs/legacy-path.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { findPlace } from './upload-command.ts';

/**
 * Where an artefact is uploaded, `BUCKET/KEY`, or why it is not. For a site's own script only the bucket is known. Environment variables are
 * not expanded: they may contain secrets.
 */
export function placeOfArtefact(
  artefact: string,
  repositoryId: string,
  { repository, pullRequest }: OfPullRequest,
  deploy: Settings['deploy'],
): { readonly to: string } | { readonly reason: string } {
  const place = findPlace(deploy, repositoryId);
  if ('reason' in place) return place;
  if (basename(deploy.script?.program ?? '') !== 'eessi-upload-to-staging') return { to: place.bucket };
  const legacy = legacyPath(artefact.replace(/\.tar(\.\w+)?$/, ''));
  const named = Array.from(
    place.artefactPrefix.matchAll(/\$\{?(\w+)/g),
    ([, name = '']) => [name, `$${name}`] as const,
  );
  const ours: Record<keyof typeof prefixVariables, string> = {
    github_repository: fullName(repository),
    legacy_aws_path: legacy,
    pull_request_number: String(pullRequest),
  };
  const prefix = expandPrefix(place.artefactPrefix, { ...Object.fromEntries(named), ...ours });
  return { to: `${place.bucket}/${prefix || legacy}/${artefact}` };
}
