import { legacyPath } from '../jobs/choose-prefixes.ts';

/** How an artefact is compressed; its name says so and check-archive.ts makes sure. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'xz';

const compressionOf: Readonly<Record<string, Compression>> = {
  '.tar.gz': 'gzip',
  '.tar.zst': 'zstd',
  '.tar.xz': 'xz',
  '.tar': 'none',
};

/** The parts of an artefact's name, or why files of that name are not uploaded. */
type ArtefactName =
  | { readonly kind: 'artefact'; readonly stem: string; readonly compression: Compression }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Reads the base name of a file: `eessi…` with `compat`, `init` or `software` in it, and one of the four extensions. Pull requests choose
 * the names: those whose parts would lead elsewhere in the bucket, or that listings show differently, are refused.
 */
export function parseArtefactName(fileName: string): ArtefactName {
  const shown = fileName.replaceAll(/\p{Cc}/gu, '?');
  const refused = (why: string): ArtefactName => ({ kind: 'refused', why: `'${shown}' is not uploaded: ${why}.` });
  if (/[\p{Cc}\\/]/u.test(fileName)) {
    return refused('the name of an artefact holds no control characters, slashes or backslashes');
  }
  if (!fileName.startsWith('eessi')) return refused("the name of an artefact begins with 'eessi'");
  if (!/compat|init|software/.test(fileName)) {
    return refused("the name of an artefact holds 'compat', 'init' or 'software'");
  }
  for (const [extension, compression] of Object.entries(compressionOf)) {
    if (!fileName.endsWith(extension)) continue;
    const stem = fileName.slice(0, -extension.length);
    if (legacyPath(stem).split('/').some(isNoDirectory)) {
      return refused("between the dashes of an artefact's name there is something, and neither '.' nor '..'");
    }
    return { kind: 'artefact', stem, compression };
  }
  return refused(`the name of an artefact ends in one of ${Object.keys(compressionOf).join(', ')}`);
}

function isNoDirectory(name: string): boolean {
  return name === '' || name === '.' || name === '..';
}
