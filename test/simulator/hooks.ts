import { registerHooks } from 'node:module';
import type { Defect } from './defects.ts';

const root = new URL('../../', import.meta.url).href;
const faces: Readonly<Record<string, { readonly within: readonly string[]; readonly face: string }>> = {
  'node:fs/promises': { within: ['src/'], face: './node-fs-promises.ts' },
  'node:timers/promises': { within: ['src/'], face: './node-timers-promises.ts' },
  'node:perf_hooks': { within: ['src/'], face: './node-perf-hooks.ts' },
  'node:crypto': { within: ['src/outside/files/', 'src/daemon/'], face: './node-crypto.ts' },
  'node:os': { within: ['src/daemon/'], face: './node-os.ts' },
  'node:process': { within: ['src/daemon/'], face: './node-process.ts' },
};

/**
 * How long a comment may be for what makes the tables of jobs: a limit that a history can set. Else no table of a simulated job would be
 * long enough to be cut.
 */
const limits = {
  within: /src\/messages\/render-comment\.ts$/,
  url: `${root}src/messages/comment.ts?tables`,
  right: 'export const maxCommentLength = 65_536;',
  simulated: `export let maxCommentLength = 65_536;
export function limitTables(length) {
  maxCommentLength = length;
}`,
};

/** Makes comments with tables at most so long from now on. */
export async function limitTables(length: number): Promise<void> {
  const simulated = (await import(limits.url)) as { limitTables(length: number): void };
  simulated.limitTables(length);
}

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
      if (specifier === './comment.ts' && limits.within.test(parentURL)) return { url: limits.url, shortCircuit: true };
      const resolved = next(specifier, context);
      const { search } = parentURL === '' ? { search: '' } : new URL(parentURL);
      return search !== '' && resolved.url.startsWith(`${root}src/`)
        ? { ...resolved, url: `${resolved.url}${search}` }
        : resolved;
    },
    load(url, context, next) {
      if (url === limits.url) {
        const real = next(url.split('?')[0] ?? '', context);
        return { ...real, source: replaceOnce(String(real.source), limits.right, limits.simulated, url) };
      }
      const loaded = next(url, context);
      if (defect === undefined || url.split('?')[0] !== `${root}${defect.file}`) return loaded;
      const source = replaceOnce(String(loaded.source), defect.right, defect.wrong, defect.name);
      return { ...loaded, source };
    },
  });
}

/** What no longer fits the code would change nothing, and prove nothing. */
function replaceOnce(source: string, right: string, wrong: string, what: string): string {
  if (source.split(right).length === 2) return source.replace(right, () => wrong);
  throw new Error(`${what} does not fit the code: it is to replace this, once:\n${right}`);
}
