import { execa } from 'execa';
import { type LockedPackage, type LockFile, nameAt, readLockFile } from './lock-file.ts';

/** CycloneDX, as far as it matters here. */
export interface BillOfMaterials {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Component {
  /** `name@version`, the package's real name. */
  readonly 'bom-ref': string;
  readonly hashes?: readonly unknown[];
  readonly licenses?: readonly unknown[];
}

/**
 * What the bot runs on, out of npm's bill of all packages: `npm sbom --omit=dev` also leaves out each package that a development
 * package needs as well. Throws where a package is missing, or stands there without digest or licence.
 */
export function forRunning(all: BillOfMaterials, lock: LockFile): BillOfMaterials {
  const wanted = new Set(
    Object.entries(lock.packages).flatMap(([path, each]) => (path === '' || each.dev ? [] : refOf(path, each))),
  );
  const components = all.components.filter((each) => wanted.has(each['bom-ref']));
  const complete = components.filter(({ hashes = [], licenses = [] }) => hashes.length > 0 && licenses.length > 0);
  const found = new Set(complete.map((each) => each['bom-ref']));
  const missing = [...wanted].filter((ref) => !found.has(ref));
  if (missing.length > 0)
    throw new Error(`npm lists these without digest or licence, or not at all: ${missing.join(', ')}`);
  const kept = new Set([...wanted, all.metadata.component['bom-ref']]);
  const dependencies = all.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) }));
  return { ...all, components, dependencies };
}

const refOf = (path: string, { name, version }: LockedPackage) => `${name ?? nameAt(path)}@${version}`;

if (process.argv[1] === import.meta.filename) {
  const { stdout } = await execa('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
    stderr: 'inherit',
  });
  console.log(JSON.stringify(forRunning(JSON.parse(stdout), await readLockFile()), null, 2));
}
