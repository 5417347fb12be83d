import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { wordsOf } from '../words-of.ts';
import type { Environment } from './environment.ts';
import { loadSettings, reposCfgPath } from './load-settings.ts';
import { placesOf } from './places-of.ts';
import { keepPrograms } from './programs-of.ts';
import type { Problem, Settings, SettingsReading } from './settings.ts';

/** Where settings are read from. */
export interface ConfigFiles {
  readonly appCfgPath: string;
  readonly environment: Environment;
  readonly workingDirectory: string;
}

/** The files whose settings are in force, and a callback after each new reading. */
interface WatchedFiles extends ConfigFiles {
  /** Called once for each change that matters: with the new settings, or with the problems that keep the old ones in force. */
  readonly onChange: (reading: WatchedReading) => void;
}

/** `awaitingRestart`: edits that need a restart. */
export type WatchedReading = SettingsReading & { readonly awaitingRestart: readonly Problem[] };

/** The settings, kept up with the files: an edit counts from the next call of {@link current}, an invalid one never. */
export class SettingsFile {
  readonly #files: WatchedFiles;
  readonly #started: Settings;
  #settings: Settings;
  #reading: WatchedReading;
  #stampOfReading = '';
  #looking: Promise<Settings> | undefined;

  /** `loaded`: the latest result of loadSettings for these files. */
  constructor(loaded: Extract<SettingsReading, { kind: 'settings' }>, files: WatchedFiles) {
    this.#started = loaded.settings;
    this.#settings = loaded.settings;
    this.#reading = { ...loaded, awaitingRestart: [] };
    this.#files = files;
  }

  /** The settings in force, after changed files were read again. Concurrent calls share one look. */
  current(): Promise<Settings> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** As of the last look. */
  get inForce(): Settings {
    return this.#settings;
  }

  /** Why the files are not in force; empty if they are. */
  get problems(): readonly Problem[] {
    return this.#reading.kind === 'problems' ? this.#reading.problems : [];
  }

  /** Edits that need a restart. While the files are not valid: those of the last valid ones. */
  get awaitingRestart(): readonly Problem[] {
    return this.#reading.awaitingRestart;
  }

  async #look(): Promise<Settings> {
    // Before reading, so that the next look finds what is saved meanwhile.
    const stamp = await this.#stamp();
    if (stamp === this.#stampOfReading) return this.#settings;
    const reading = await this.#read(stamp);
    const changed = !isDeepStrictEqual(reading, this.#reading);
    this.#reading = reading;
    if (reading.kind === 'settings') this.#settings = reading.settings;
    if (changed) this.#files.onChange(reading);
    return this.#settings;
  }

  /** Unless it gives settings each look reads again: what was wrong may be a file that they name, or the disk. */
  async #read(stamp: string): Promise<WatchedReading> {
    const { appCfgPath, environment, workingDirectory } = this.#files;
    this.#stampOfReading = '';
    try {
      const loaded = await loadSettings(appCfgPath, environment, workingDirectory);
      const reading = this.#withPrograms(inSamePlaces(loaded, this.#settings, appCfgPath));
      if (reading.kind === 'settings') this.#stampOfReading = stamp;
      return reading;
    } catch (error) {
      const why = wordsOf(error);
      const message = `could not be checked (${why}); it is tried again, until then no edit is in force`;
      const problems = [{ file: appCfgPath, message }];
      return { kind: 'problems', problems, warnings: [], awaitingRestart: this.awaitingRestart };
    }
  }

  /** With the programs of the start. */
  #withPrograms(reading: SettingsReading): WatchedReading {
    if (reading.kind === 'problems') return { ...reading, awaitingRestart: this.awaitingRestart };
    const { appCfgPath, workingDirectory } = this.#files;
    const { settings, kept } = keepPrograms(reading.settings, this.#started);
    const message =
      'was edited, and starts programs: the one of the start stays in force; restart the daemon to take it over, if the edit is yours';
    const awaitingRestart = kept.map((where) => {
      const file = where.section === undefined ? reposCfgPath(settings.repositories.dir, workingDirectory) : appCfgPath;
      return { file, ...where, message };
    });
    return { ...reading, settings, awaitingRestart };
  }

  async #stamp(): Promise<string> {
    const { appCfgPath, workingDirectory } = this.#files;
    const paths = [
      resolve(workingDirectory, appCfgPath),
      reposCfgPath(this.#settings.repositories.dir, workingDirectory),
    ];
    return (await Promise.all(paths.map(stampOf))).join(' ');
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [path, dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    // Missing, or its file server is away: reading tells which, and is retried when this changes.
    return [path, error instanceof Error && 'code' in error ? error.code : error].join(':');
  }
}

/** The directories of the lease, deliveries, jobs and orders stay the same until a restart. */
function inSamePlaces(reading: SettingsReading, inForce: Settings, file: string): SettingsReading {
  if (reading.kind === 'problems') return reading;
  const [before, after] = [placesOf(inForce), placesOf(reading.settings)];
  const problems = Object.entries(before).flatMap(([key, directory]) => {
    if (after[key] === directory) return [];
    const message = `another directory than ${directory} is used after a restart only: stop both daemons, move what lies there, and start them; until then no edit is in force`;
    return [{ file, key, ...(after[key] !== undefined && { value: after[key] }), message }];
  });
  return problems.length === 0 ? reading : { kind: 'problems', problems, warnings: reading.warnings };
}
