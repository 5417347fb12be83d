import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAgainstDisk } from './check-against-disk.ts';
import type { FileText } from './config-file.ts';
import type { Environment } from './environment.ts';
import { readAppCfg } from './read-app-cfg.ts';
import { readSettings } from './read-settings.ts';
import type { Problem, SettingsReading } from './settings.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** Reads app.cfg and the repos.cfg that it names, and checks them against the disk: all problems at once. Changes nothing. */
export async function loadSettings(
  appCfgPath: string,
  environment: Environment,
  workingDirectory: string,
): Promise<SettingsReading> {
  const read = await readAppCfg(appCfgPath, workingDirectory);
  if ('problem' in read)
    return { kind: 'problems', problems: [{ file: appCfgPath, message: read.problem }], warnings: [] };
  const { paths, programs, ...reading } = readSettings({
    appCfg: { path: appCfgPath, text: read.text },
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
    return { error: `${path} cannot be read (${whyUnreadable(error)})` };
  }
}
