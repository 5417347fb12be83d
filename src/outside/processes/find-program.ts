import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/** The path of an executable program of this name, or undefined. */
export async function findProgram(program: string, searchPath: string): Promise<string | undefined> {
  const places = program.includes('/')
    ? [resolve(program)]
    : searchPath.split(delimiter).map((place) => join(place, program));
  for (const path of places) {
    const isThere = await access(path, constants.X_OK).then(
      async () => (await stat(path)).isFile(),
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** A sentence if some of these programs are missing. */
export async function missingPrograms(programs: readonly string[], searchPath: string): Promise<string | undefined> {
  const missing: string[] = [];
  for (const program of new Set(programs)) {
    if ((await findProgram(program, searchPath)) === undefined) missing.push(program);
  }
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')}: no such program in PATH, or none that may be executed; put its directory into the PATH of the daemon, or write the full path in app.cfg`;
}
