import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { hasCode } from '../outside/files/durable-files.ts';
import type { Environment } from './environment.ts';
import { loadSettings, reposCfgPath } from './load-settings.ts';
import type { Problem, Settings, SettingsReading } from './settings.ts';

/** The files whose settings are in force, and who is told of a new reading. */
export interface WatchedFiles {
  readonly appCfgPath: string;
  readonly environment: Environment;
  readonly workingDirectory: string;
  /** Called once for each change that matters: with the new settings, or with the problems that keep the old ones in force. */
  readonly onChange: (reading: SettingsReading) => void;
}

/** The settings, kept up with the files: an edit counts from the next call of {@link current}, a broken one never. */
export class SettingsFile {
  readonly #files: WatchedFiles;
  #settings: Settings;
  #reading: SettingsReading;
  #stampOfReading = '';
  #looking: Promise<Settings> | undefined;

  /** `loaded`: what loadSettings made of these files just now. */
  constructor(loaded: Extract<SettingsReading, { kind: 'settings' }>, files: WatchedFiles) {
    this.#settings = loaded.settings;
    this.#reading = loaded;
    this.#files = files;
  }

  /** The settings in force, the files read again if they have changed. Calls at the same time share one look. */
  current(): Promise<Settings> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** What keeps the files from being in force; nothing if they are. */
  get problems(): readonly Problem[] {
    return this.#reading.kind === 'problems' ? this.#reading.problems : [];
  }

  async #look(): Promise<Settings> {
    // Before reading: what is saved meanwhile is found by the next look.
    const stamp = await this.#stamp();
    if (stamp === this.#stampOfReading) return this.#settings;
    this.#stampOfReading = stamp;
    const { appCfgPath, environment, workingDirectory, onChange } = this.#files;
    const reading = await loadSettings(appCfgPath, environment, workingDirectory);
    const changed = !isDeepStrictEqual(reading, this.#reading);
    this.#reading = reading;
    if (reading.kind === 'settings') this.#settings = reading.settings;
    if (changed) onChange(reading);
    return this.#settings;
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
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'EACCES')) return `${path}:unreadable`;
    throw error;
  }
}
