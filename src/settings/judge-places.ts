/** A part of a place's path, the place itself last; links are followed. */
export interface Step {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, including the sticky bit. */
  readonly mode: number;
}

/** Something that is as sensitive as the App's key. */
export interface SensitivePlace {
  /** As the admin knows it: a setting, or a name. */
  readonly name: string;
  readonly path: string;
  readonly steps: readonly Step[];
  readonly onFileSystemOfJobs: boolean;
}

/** The account that jobs run as. `named`: set by the site, in job_account. */
export interface JobAccount {
  readonly name: string;
  readonly isOwn: boolean;
  readonly named: boolean;
  readonly uid: number;
  readonly gids: readonly number[];
}

/** Which places jobs, or any account, can write: one warning per cause, with what to do. */
export function judgePlaces(places: readonly SensitivePlace[], account: JobAccount): string[] {
  return [...(account.isOwn ? ownAccount(places, account) : []), ...openSteps(places, account)];
}

function ownAccount(places: readonly SensitivePlace[], { name, named }: JobAccount): string[] {
  const within = places.filter(({ onFileSystemOfJobs }) => onFileSystemOfJobs).map((place) => place.name);
  if (named || within.length === 0) return [];
  return [
    `jobs run as the account of the daemons (${name}), and these lie on the file system of jobs_base_dir, where a job can have a program run beside the App's key: ${within.join(', ')}. Move them to a disk that compute nodes do not mount, or give jobs an account of their own (docs/two-accounts.md); where you know and accept it, write job_account = ${name} into [buildenv]`,
  ];
}

/** One sentence per step, with all places below it. */
function openSteps(places: readonly SensitivePlace[], account: JobAccount): string[] {
  const behind = new Map<string, { readonly step: Step; readonly who: string; readonly names: string[] }>();
  for (const { name, steps } of places) {
    for (const [index, step] of steps.entries()) {
      const who = whoWrites(step, steps[index + 1], account);
      if (who === undefined) continue;
      const found = behind.get(step.path) ?? { step, who, names: [] };
      found.names.push(name);
      behind.set(step.path, found);
    }
  }
  return [...behind.values()].map(
    ({ step, who, names }) =>
      `${who} can write ${step.path} (mode ${(step.mode & 0o7777).toString(8).padStart(4, '0')}), and so change ${names.join(', ')}: ${mendFor(step, who)}`,
  );
}

const anyAccount = 'any account of this machine';
const mendFor = ({ path }: Step, who: string) =>
  who === anyAccount ? `run chmod o-w ${path}` : `run chown and chmod go-w on ${path}, or move them elsewhere`;

/** Other accounts than the daemons' that can write. In a directory with the sticky bit nobody can replace the files of others. */
function whoWrites(step: Step, next: Step | undefined, account: JobAccount): string | undefined {
  const isSticky = (step.mode & 0o1000) !== 0 && next !== undefined;
  const isJobs = !account.isOwn && account.uid !== 0;
  if (isJobs && step.uid === account.uid) return `the account of jobs (${account.name})`;
  if (isSticky && !(isJobs && next.uid === account.uid)) return undefined;
  if ((step.mode & 0o002) !== 0) return anyAccount;
  if (isJobs && (step.mode & 0o020) !== 0 && account.gids.includes(step.gid))
    return `the account of jobs (${account.name})`;
  return undefined;
}
