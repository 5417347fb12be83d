import type { Settings } from '../../settings/settings.ts';

/** The site's own image for a repository id. A job must not choose it: the image that runs the upload sees the store's key. Empty: none. */
export function imageOf(repositoryId: string, { sections }: Settings['repositories']): string {
  return Object.hasOwn(sections, repositoryId) ? (sections[repositoryId]?.container ?? '') : '';
}
