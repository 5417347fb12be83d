import { registerHooks } from 'node:module';
import type { Defect } from './defects.ts';

const root = new URL('../../', import.meta.url).href;
const faces: Readonly<Record<string, { readonly within: string; readonly face: string }>> = {
  'node:fs/promises': { within: 'src/', face: './node-fs-promises.ts' },
  'node:timers/promises': { within: 'src/', face: './node-timers-promises.ts' },
  'node:crypto': { within: 'src/outside/files/', face: './node-crypto.ts' },
};

/**
 * From now on what is imported of src/ gets the simulated files, clock and chance in place of Node's own; with a defect, also that. The
 * daemons' code is as it is: nothing in it knows of a simulator.
 */
export function installHooks(defect: Defect | undefined): void {
  registerHooks({
    resolve(specifier, context, next) {
      const { within, face } = faces[specifier] ?? {};
      const isMeant = within !== undefined && context.parentURL?.startsWith(`${root}${within}`);
      if (!isMeant || face === undefined) return next(specifier, context);
      return { url: new URL(face, import.meta.url).href, format: 'module-typescript', shortCircuit: true };
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (defect === undefined || url !== `${root}${defect.file}`) return loaded;
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
