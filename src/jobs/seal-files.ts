import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { takeLease } from '../daemon/lease.ts';
import { writeDurably } from '../outside/files/durable-files.ts';
import { anyObject, parseShape } from '../outside/files/parse-shape.ts';
import { readTextIfThere } from '../outside/files/read-text-if-there.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import { type Seal, sealOf, withoutSeal } from '../outside/files/seal.ts';
import { longestRecordBytes, placeOfRecord, recordName } from './job-record.ts';
import { guidOf } from './names-on-disk.ts';
import { plansDir } from './plans.ts';
import { listSealedFiles, type SealedFile, type SealedPlaces } from './sealed-files.ts';
import type { Named } from './set-aside.ts';

// Files of versions without seals are sealed in place at the first start with seals; after that a file without a seal is refused. `seal.json`
// in the state directory, sealed itself, says how far that is.

const markerShape = z.object({ version: z.literal(1), state: z.enum(['taking over', 'all sealed']) });
type State = z.output<typeof markerShape>['state'];
type Marker = State | 'missing' | { readonly why: string };

const markerPath = (stateDir: string) => join(stateDir, 'seal.json');
const markerName = 'seal.json';

const whatToType =
  'Stop both daemons. Where the key of the App was changed, run: ./bot.sh reseal --previous-key FILE, with the key that it had before. ' +
  'Where state_dir was changed, move what lies in the old one to the new one. Where the key is lost, or an older version of the bot ran meanwhile, look at inbox/new and orders there, and at the records of the jobs, and run: ./bot.sh reseal --trust-all';

/** Whether the files may be used; `message`: why not, and what to type. */
type Entry =
  | { readonly kind: 'sealed'; readonly taken: number }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'stopped' };

/**
 * Called at each start, before anything is read: makes sure that all files carry our seal. The first time one daemon seals them, while the other
 * waits. Idempotent, also after a kill.
 */
export async function enterSealed(
  places: SealedPlaces,
  seal: Seal,
  waiting: Parameters<typeof takeLease>[2],
): Promise<Entry> {
  const before = await readMarker(places.stateDir, seal);
  if (before === 'all sealed') return { kind: 'sealed', taken: 0 };
  const taken = await takeLease(places.stateDir, 'take-over', waiting);
  if (taken.kind === 'stopped') return taken;
  if (taken.kind === 'held') return { kind: 'refused', message: taken.message };
  try {
    return await takeOver(places, seal, taken.lease.check);
  } finally {
    await taken.lease.release();
  }
}

async function takeOver(places: SealedPlaces, seal: Seal, check: () => Promise<void>): Promise<Entry> {
  const { stateDir } = places;
  const marker = await readMarker(stateDir, seal); // the other daemon may have done it meanwhile
  if (marker === 'all sealed') return { kind: 'sealed', taken: 0 };
  if (marker !== 'taking over') {
    // No file has a seal yet: a first start with a wrong key is begun anew.
    const sealed = await findSealed(places, seal);
    const why = marker === 'missing' ? 'is missing' : marker.why;
    if (sealed !== undefined) return refuse(`${markerPath(stateDir)} ${why}, and ${sealed} carries a seal`);
    await writeMarker(stateDir, seal, 'taking over');
  }
  const { written } = await sealAll(places, planTakeOver, seal, check);
  await check();
  await writeMarker(stateDir, seal, 'all sealed');
  return { kind: 'sealed', taken: written };
}

const refuse = (why: string): Entry => ({
  kind: 'refused',
  message: `${why}. The daemons do not begin with it. ${whatToType}`,
});

/** The text to seal; undefined: leave the file as it is. */
type Plan = (text: string, file: SealedFile) => string | undefined;

/**
 * Leaves files with a seal: they were sealed before a kill, or are refused from now on. A job may have written a record that names a cluster,
 * which becomes a word of Slurm's commands: an admin looks at it.
 */
function planTakeOver(text: string, { kind }: SealedFile): string | undefined {
  if (sealOf(text) !== undefined || !isObject(text)) return undefined;
  return kind === 'job record' && parseShape(text, namesCluster) !== undefined ? undefined : text;
}

const namesCluster = z.object({ submission: z.object({ cluster: z.string().min(1) }) });

/** Seals what was sealed by the previous key, or everything if all is trusted. */
function planReseal(seal: Seal, previous: Seal | 'trust all'): Plan {
  return (text, { kind, place }) => {
    if (seal.open(kind, place, text).kind === 'text') return undefined;
    if (previous === 'trust all') return isObject(withoutSeal(text)) ? withoutSeal(text) : undefined;
    const opened = previous.open(kind, place, text);
    return opened.kind === 'text' ? opened.text : undefined;
  };
}

/** How many files were sealed, and which are refused by the daemons from now on. */
interface Sealed {
  readonly written: number;
  readonly refused: readonly string[];
}

/**
 * Seals all files anew while no daemon runs; the marker last, so that it can be repeated after a kill. `previous`: the current seal of the
 * files. `problem`: the files have another one.
 */
export async function reseal(
  places: SealedPlaces,
  seal: Seal,
  previous: Seal | 'trust all',
): Promise<Sealed | { readonly problem: string }> {
  const marker = await readMarker(places.stateDir, seal);
  const before = previous === 'trust all' ? 'all sealed' : await readMarker(places.stateDir, previous);
  if (typeof marker === 'object' && typeof before === 'object')
    return { problem: `${markerPath(places.stateDir)} was sealed neither with this key nor with the previous one` };
  const sealed = await sealAll(places, planReseal(seal, previous), seal, async () => {});
  // If sealing was never begun, or not completed, the next start does it.
  if (before !== 'missing') await writeMarker(places.stateDir, seal, before === 'taking over' ? before : 'all sealed');
  return sealed;
}

/** Trusts a file that was set aside or edited by hand: seals it and its plan. */
export async function sealSetAside({ kind, name, path }: Named, stateDir: string, seal: Seal): Promise<void> {
  const files: SealedFile[] = [];
  if (kind === 'job') {
    const directory = await readlink(path);
    files.push({ kind: 'job record', place: placeOfRecord(directory), path: join(directory, recordName) });
  } else files.push({ kind, place: name, path });
  if (kind === 'delivery') {
    const plan = `${guidOf(name)}.json`;
    files.push({ kind: 'plan', place: plan, path: join(plansDir(stateDir), plan) });
  }
  for (const file of files) await sealOne(file, planReseal(seal, 'trust all'), seal);
}

async function sealOne(file: SealedFile, plan: Plan, seal: Seal): Promise<'sealed' | 'left' | 'refused' | 'missing'> {
  const { kind, place, path } = file;
  const text = await readFileOf(file);
  if (text === undefined) return 'missing';
  const toSeal = plan(text, file);
  if (toSeal === undefined) return seal.open(kind, place, text).kind === 'text' ? 'left' : 'refused';
  await writeDurably(path, seal.close(kind, place, toSeal));
  return 'sealed';
}

async function sealAll(places: SealedPlaces, plan: Plan, seal: Seal, check: () => Promise<void>): Promise<Sealed> {
  const refused: string[] = [];
  let written = 0;
  for await (const file of listSealedFiles(places)) {
    await check();
    const outcome = await sealOne(file, plan, seal);
    if (outcome === 'sealed') written++;
    if (outcome === 'refused') refused.push(file.path);
  }
  return { written, refused };
}

/** Finds a file with a seal. A record counts only if it has ours: another bot may have jobs in the same directories. */
async function findSealed(places: SealedPlaces, seal: Seal): Promise<string | undefined> {
  for await (const file of listSealedFiles(places)) {
    const text = await readFileOf(file);
    if (text === undefined || sealOf(text) === undefined) continue;
    if (file.kind !== 'job record' || seal.open(file.kind, file.place, text).kind === 'text') return file.path;
  }
  return undefined;
}

/** Undefined if there is none, or it cannot be a record. */
async function readFileOf({ kind, path }: SealedFile): Promise<string | undefined> {
  if (kind !== 'job record') return await readTextIfThere(path);
  const file = await readUntrusted(path, longestRecordBytes);
  return file.kind === 'text' ? file.text : undefined;
}

const isObject = (text: string) => Object.keys(parseShape(text, anyObject) ?? {}).length > 0;

/** Whether a version with seals has run here: before that no file has a seal. */
export async function knowsSeals(stateDir: string): Promise<boolean> {
  return (await readTextIfThere(markerPath(stateDir))) !== undefined;
}

async function readMarker(stateDir: string, seal: Seal): Promise<Marker> {
  const text = await readTextIfThere(markerPath(stateDir));
  if (text === undefined) return 'missing';
  const opened = seal.open('marker', markerName, text);
  if (opened.kind === 'refused') return { why: opened.why };
  return parseShape(opened.text, markerShape)?.state ?? { why: 'is of another version' };
}

async function writeMarker(stateDir: string, seal: Seal, state: State): Promise<void> {
  const text = `${JSON.stringify({ version: 1, state }, null, 2)}\n`;
  await writeDurably(markerPath(stateDir), seal.close('marker', markerName, text));
}
