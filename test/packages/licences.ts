import { type LockFile, nameAt } from './lock-file.ts';

/** SPDX identifiers of the licences under which packages may be that the bot runs on. */
export const allowedLicences: readonly string[] = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** The packages that are installed with `npm ci --omit=dev`, as `name@version`, by licence. */
export function licencesOf(lock: LockFile): ReadonlyMap<string, readonly string[]> {
  const byLicence = new Map<string, string[]>();
  for (const [path, { name, version, license, dev }] of Object.entries(lock.packages)) {
    if (path === '' || dev) continue;
    const licence = license ?? 'none told';
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name ?? nameAt(path)}@${version}`]);
  }
  return new Map([...byLicence].sort(([a], [b]) => a.localeCompare(b)).map(([key, names]) => [key, names.sort()]));
}

/** Packages whose licence nobody has agreed to, in sentences. */
export function refusedLicences(lock: LockFile): string[] {
  return [...licencesOf(lock)]
    .filter(([licence]) => !allowedLicences.includes(licence))
    .map(([licence, packages]) => `${packages.join(', ')}: licence ${licence} is not in allowedLicences`);
}
