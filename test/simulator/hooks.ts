import { registerHooks } from 'node:module';
import type { Defect } from './defects.ts';

const root = new URL('../../', import.meta.url).href;
const faces: Readonly<Record<string, { readonly within: readonly string[]; readonly face: string }>> = {
  'node:fs/promises': { within: ['src/'], face: './node-fs-promises.ts' },
  'node:timers/promises': { within: ['src/'], face: './node-timers-promises.ts' },
  'node:crypto': { within: ['src/outside/files/', 'src/daemon/'], face: './node-crypto.ts' },
  'node:os': { within: ['src/daemon/'], face: './node-os.ts' },
  'node:process': { within: ['src/daemon/'], face: './node-process.ts' },
};

/**
 * From now on what is imported of src/ gets the simulated files, clock and chance in place of Node's own; with a defect, also that. The
 * daemons' code is as it is: nothing in it knows of a simulator. What is imported with a query, such as `?1`, imports all of src/ with it:
 * a process has its own variables.
 */
export function installHooks(defect: Defect | undefined): void {
  registerHooks({
    resolve(specifier, context, next) {
      const { within, face } = faces[specifier] ?? {};
      const { parentURL = '' } = context;
      if (face !== undefined && within?.some((folder) => parentURL.startsWith(`${root}${folder}`))) {
        return { url: new URL(face, import.meta.url).href, format: 'module-typescript', shortCircuit: true };
      }
      const resolved = next(specifier, context);
      const { search } = parentURL === '' ? { search: '' } : new URL(parentURL);
      return search !== '' && resolved.url.startsWith(`${root}src/`)
        ? { ...resolved, url: `${resolved.url}${search}` }
        : resolved;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (defect === undefined || url.split('?')[0] !== `${root}${defect.file}`) return loaded;
      const source = String(loaded.source);
      // A defect that no longer fits the code would find nothing, and prove nothing.
      if (source.split(defect.right).length !== 2) {
        throw new Error(
          `the defect ${defect.name} does not fit ${defect.file}: it is to replace this, once:\n${defect.right}`,
        );
      }
      return { ...loaded, source: source.replace(defect.right, () => defect.wrong) };
    },
  });
}
