import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A package of `package-lock.json`, as far as it matters here. */
export interface LockedPackage {
  /** Its real name, where it is installed under another one. */
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** `package-lock.json`: what is installed, by path. The path of the project itself is ''. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface Manifest {
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  /** Packages whose install scripts npm may run, or may not. */
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

export const readLockFile = async (): Promise<LockFile> =>
  JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
export const readManifest = async (): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** What lets something run that no digest in the lock file covers, in sentences. */
export function unpinned(lock: LockFile, manifest: Manifest, npmrc: string): string[] {
  const problems = Object.entries(lock.packages).flatMap(([path, each]) => (path === '' ? [] : unpinnedIn(path, each)));
  for (const [path, { hasInstallScript }] of Object.entries(lock.packages)) {
    if (hasInstallScript !== true || manifest.allowScripts[nameAt(path)] === false) continue;
    problems.push(`${path} has an install script; what it fetches no digest covers: "allowScripts" must name it false`);
  }
  for (const [name, allowed] of Object.entries(manifest.allowScripts))
    if (allowed)
      problems.push(`"allowScripts" lets the install script of ${name} run; what it fetches no digest covers`);
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(wanted))
    if (!/^(npm:[^@]+@)?\d+\.\d+\.\d+$/.test(version))
      problems.push(`${name} must be wanted in one version, not ${version}`);
  for (const [name, version] of Object.entries(manifest.optionalDependencies))
    if (name.startsWith('@pinned/node-') && version.split('@').at(-1) !== manifest.dependencies['node'])
      problems.push(`${name} must be of the same version as node: ${manifest.dependencies['node']}`);
  if (!/^ignore-scripts=true$/m.test(npmrc)) problems.push('.npmrc must have ignore-scripts=true');
  return problems;
}

function unpinnedIn(path: string, { integrity, resolved }: LockedPackage): string[] {
  const problems: string[] = [];
  if (!/^sha512-[\w+/]{86}==$/.test(integrity ?? '')) problems.push(`${path} has no SHA-512 in package-lock.json`);
  if (resolved !== undefined) problems.push(`${path} names a registry; .npmrc omits it: run npm install again`);
  return problems;
}

/** The name under which what lies at a path is installed. */
export const nameAt = (path: string) => path.split('node_modules/').at(-1) ?? path;
