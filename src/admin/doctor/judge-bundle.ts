import { counted } from '../../counted.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';
import { type Finding, failure, fine, notLookedAt } from './finding.ts';

interface BundleFacts {
  /** The id of the repository, and of its section in repos.cfg. */
  readonly repository: string;
  readonly path: string;
  /** What `config_map` names. */
  readonly files: readonly string[];
  /** What `tar --list` said of it. */
  readonly listing: ProgramResult;
}

const shown = 5;

/** Whether the configuration bundle of a repository can be unpacked by a job, and has what `config_map` names. */
export function judgeBundle({ repository, path, files, listing }: BundleFacts): Finding {
  const name = `files/bundle of ${repository}` as const;
  const expected = 'the archive that whoever runs the repository hands out';
  if (listing.kind === 'not-started') return notLookedAt(name, `tar does not run: ${listing.message}`);
  if (listing.kind !== 'exited' || listing.code !== 0) {
    const why = /^(?:tar(?: \(child\))?: )?(.+)$/m.exec(listing.stderr)?.[1] ?? whyProgramFailed('tar', listing);
    return failure(name, `${path}: ${why}`, expected, `copy it there again; tar -tf ${path} has to list its files`);
  }
  const there = listing.stdout
    .split('\n')
    .map(plain)
    .filter((each) => each !== '');
  if (there.length === 0)
    return failure(name, `${path}: there is nothing in it`, expected, `copy it there again; tar -tf ${path} lists it`);
  const missing = files.filter(
    (file) => !there.some((each) => each === plain(file) || each.startsWith(`${plain(file)}/`)),
  );
  if (missing.length > 0)
    return failure(
      name,
      `${path} has no ${missing.slice(0, shown).join(', ')}${missing.length > shown ? ` and ${missing.length - shown} more` : ''}`,
      'every file that config_map names',
      `write the names that tar -tf ${path} lists into config_map of [${repository}] in repos.cfg, or copy the right bundle there`,
    );
  return fine(
    name,
    `${path}: ${counted(there.length, 'entry', 'entries')}, with all that config_map names (${files.length})`,
  );
}

/** `./a/` and `a` are the same to who unpacks. */
const plain = (name: string) => name.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
