import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { ProgramCall } from './program-call.ts';

type Call = Omit<ProgramCall, 'arguments'>;

/** The path of an executable program of this name, or undefined. */
export async function findProgram(program: string, searchPath: string): Promise<string | undefined> {
  const found = await look(program, searchPath, process.cwd());
  return 'path' in found ? found.path : undefined;
}

/** A sentence if this machine does not have a program, or may not run it. A `PATH=` before it counts, as for whoever starts it. */
export async function whyNoProgram(
  { program, environment }: Call,
  searchPath: string,
  workingDirectory = process.cwd(),
): Promise<string | undefined> {
  if (program.includes('%')) return undefined; // a part of scontrol's that is filled in for each job
  const places = environment['PATH'] ?? searchPath;
  const found = await look(program, places, workingDirectory);
  if ('path' in found) return undefined;
  if (found.notExecutable !== undefined) return `${found.notExecutable} is not executable; run chmod +x on it`;
  return program.includes('/')
    ? `there is no program ${resolve(workingDirectory, program)} on this machine; write where it is`
    : `there is no program ${program} in PATH (${places}) on this machine; write its full path`;
}

/** The sentences of several programs that are missing. */
export async function missingPrograms(calls: readonly Call[], searchPath: string): Promise<string | undefined> {
  const sentences = await Promise.all(calls.map((call) => whyNoProgram(call, searchPath)));
  const missing = new Set(sentences.filter((sentence) => sentence !== undefined));
  return missing.size === 0 ? undefined : [...missing].join('; ');
}

async function look(
  program: string,
  searchPath: string,
  workingDirectory: string,
): Promise<{ readonly path: string } | { readonly notExecutable: string | undefined }> {
  const places = program.includes('/')
    ? [resolve(workingDirectory, program)]
    : searchPath.split(delimiter).map((place) => join(place, program));
  let notExecutable: string | undefined;
  for (const path of places) {
    const isFile = await stat(path).then(
      (found) => found.isFile(),
      () => false, // it is not there, or cannot be seen
    );
    if (!isFile) continue;
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return { path };
    notExecutable ??= path;
  }
  return { notExecutable };
}
