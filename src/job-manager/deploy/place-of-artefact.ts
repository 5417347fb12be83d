import { basename } from 'node:path';
import { choosePrefixes } from '../../jobs/choose-prefixes.ts';
import { fullName } from '../../jobs/forge-names.ts';
import type { OfPullRequest } from '../../outside/forge/forge.ts';
import type { Settings } from '../../settings/settings.ts';
import { findPlace } from './upload-command.ts';

/**
 * Where an artefact is uploaded, `BUCKET/KEY`, or why it is not. For a site's own script only the bucket is known. Environment variables are
 * not expanded: they may hold secrets.
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
  const variables = `${place.artefactPrefix} ${place.metadataPrefix}`.matchAll(/\$\{?(\w+)/g);
  const { artefactPrefix } = choosePrefixes({
    ...place,
    stem: artefact.replace(/\.tar(\.\w+)?$/, ''),
    repository: fullName(repository),
    pullRequest: String(pullRequest),
    environment: Object.fromEntries(Array.from(variables, ([, name = '']) => [name, `$${name}`])),
  });
  return { to: `${place.bucket}/${artefactPrefix}/${artefact}` };
}
