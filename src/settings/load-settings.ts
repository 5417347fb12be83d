import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkAgainstDisk } from './check-against-disk.ts';
import type { FileText } from './config-file.ts';
import type { Environment } from './environment.ts';
import { readSettings } from './read-settings.ts';
import type { Problem, SettingsReading } from './settings.ts';

/** Reads app.cfg and the repos.cfg that it names, and checks them against the disk: all problems at once. Changes nothing. */
export async function loadSettings(
  appCfgPath: string,
  environment: Environment,
  workingDirectory: string,
): Promise<SettingsReading> {
  let text: string;
  try {
    text = await readFile(resolve(workingDirectory, appCfgPath), 'utf8');
  } catch (error) {
    const message = `cannot be read (${reasonOf(error)}); copy app.cfg.example there, or name the file by --config`;
    return { kind: 'problems', problems: [{ file: appCfgPath, message }], warnings: [] };
  }
  const { paths, programs, ...reading } = readSettings({
    appCfg: { path: appCfgPath, text },
    readReposCfg: (dir) => readReposCfg(reposCfgPath(dir, workingDirectory)),
    environment,
    workingDirectory,
  });
  const { problems, warnings } = await checkAgainstDisk(paths, programs, {
    workingDirectory,
    searchPath: environment['PATH'] ?? '',
    ...(environment['HOME'] && { home: environment['HOME'] }),
  });
  const allWarnings = inOrder([...reading.warnings, ...warnings]);
  if (reading.kind === 'settings' && problems.length === 0) return { ...reading, warnings: allWarnings };
  const before = reading.kind === 'problems' ? reading.problems : [];
  return { kind: 'problems', problems: inOrder([...before, ...problems]), warnings: allWarnings };
}

/** By file and line; problems without a line, such as a missing section, come last. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const lineOf = ({ line = Number.MAX_SAFE_INTEGER }: Problem) => line;
  return problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || lineOf(a) - lineOf(b));
}

/** The path of repos.cfg. */
export function reposCfgPath(dir: string | undefined, workingDirectory: string): string {
  return join(dir ?? workingDirectory, 'repos.cfg');
}

function readReposCfg(path: string): FileText | { readonly error: string } {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { error: `${path} cannot be read (${reasonOf(error)})` };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return error.message;
  }
}
