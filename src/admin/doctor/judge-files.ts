import { counted } from '../../counted.ts';
import { quoteWord } from '../../daemon/quote-word.ts';
import { tellReadOnly } from '../../settings/tell-read-only.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

export interface PlaceFacts {
  /** Its setting, such as `state_dir`. */
  readonly setting: string;
  readonly path: string;
  /** `not there`: the bot makes it. `failed`: the step that did, and the system's words. */
  readonly trial:
    | 'went well'
    | 'not there'
    | { readonly step: 'write' | 'sync' | 'rename' | 'read' | 'remove'; readonly words: string };
  readonly space?: {
    readonly freeBytes: number;
    readonly totalBytes: number;
    /** 0 of 0: the file system does not count them. */
    readonly freeInodes: number;
    readonly totalInodes: number;
    /** `statfs`'s number. */
    readonly type: number;
  };
}

const leastBytes = 1_000_000_000;
const leastInodes = 10_000;
const kinds: Readonly<Record<number, string>> = {
  26985: 'NFS',
  16914836: 'tmpfs',
  61267: 'ext4',
  1481003842: 'XFS',
  2435016766: 'btrfs',
  198183888: 'Lustre',
  1196443219: 'GPFS',
  428016422: 'BeeGFS',
  2035054128: 'overlay',
};

/** Whether a place of the bot can be written as it has to be, and for how long. */
export function judgePlace({ setting, path, trial, space }: PlaceFacts): Finding {
  const name = `files/${setting}` as const;
  if (trial === 'not there') return notLookedAt(name, `${path} is made at the first start`);
  if (typeof trial === 'object')
    return failure(
      name,
      `${trial.step} failed in ${path}: ${trial.words}`,
      'that a file can be written, synced, renamed, read and removed there',
      mendOf(trial.words, path),
    );
  if (space === undefined) return fine(name, path);
  const { freeBytes, totalBytes, freeInodes, totalInodes, type } = space;
  const kind = kinds[type] ?? `file system 0x${type.toString(16)}`;
  if (kind === 'tmpfs')
    return warning(
      name,
      `${path} lies in memory (tmpfs): a reboot empties it`,
      'a disk',
      `write another path for ${setting}`,
    );
  if (freeBytes < Math.min(leastBytes, totalBytes / 50))
    return warning(
      name,
      `${gigabytes(freeBytes)} GB free in ${path}`,
      'some GB',
      `df -h ${quoteWord(path)}; make room, or move it`,
    );
  if (totalInodes > 0 && freeInodes < Math.min(leastInodes, totalInodes / 50))
    return warning(
      name,
      `${counted(freeInodes, 'inode')} free in ${path}`,
      'some ten thousand',
      `df -i ${quoteWord(path)}; remove small files`,
    );
  return fine(name, `${path}: ${kind}, ${gigabytes(freeBytes)} GB free`);
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);

function mendOf(words: string, path: string): string {
  if (/ENOSPC|EDQUOT/.test(words)) return `df -h ${quoteWord(path)}; df -i ${quoteWord(path)}; quota -s; make room`;
  if (/EROFS/.test(words)) return tellReadOnly(path);
  if (/EACCES|EPERM/.test(words)) return `ls -ld ${quoteWord(path)}; chown or chmod it for the account of the daemons`;
  return `look at its file system: findmnt -T ${quoteWord(path)}`;
}
