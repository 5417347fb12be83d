import { join } from 'node:path';
import { z } from 'zod';
import { moveDurably, removeDurably, writeDurably } from '../../outside/files/durable-files.ts';
import { readShape } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import { daemonNames } from '../daemons/daemon-names.ts';

const version = z.object({ name: z.string(), commit: z.string(), branch: z.string().exactOptional() });
const unit = z.object({ name: z.string(), systemctl: z.enum(['systemctl --user', 'systemctl']) });
const shape = z.object({
  version: z.literal(1),
  /** Where the admin was: the site whose daemons these are. */
  site: z.string(),
  from: version,
  to: version,
  restart: z
    .array(
      z.object({
        name: z.enum(daemonNames),
        words: z.array(z.string()).readonly(),
        directory: z.string(),
        unit: unit.exactOptional(),
      }),
    )
    .readonly(),
});

/** An exchange of the program: what was there, what shall be, and the daemons that run again afterwards. */
export type UpgradeRecord = Readonly<z.output<typeof shape>>;

const underWay = (packages: string) => join(packages, 'upgrade.json');
const last = (packages: string) => join(packages, 'last-upgrade.json');

/** `packages`: the directory `.packages` of the program. */
export const readUpgradeUnderWay = async (packages: string) => await read(underWay(packages));
/** The last one that was done, which can be gone back from. */
export const readLastUpgrade = async (packages: string) => await read(last(packages));

/** From now on a kill is followed by the rest of the exchange, at the next `upgrade`. */
export async function noteUpgrade(packages: string, record: UpgradeRecord): Promise<void> {
  await writeDurably(underWay(packages), `${JSON.stringify(record, null, 2)}\n`);
}

/** `isDone`: false: all is as it was before. */
export async function noteUpgradeEnded(packages: string, isDone: boolean): Promise<void> {
  if (isDone) await moveDurably(underWay(packages), last(packages));
  else await removeDurably(underWay(packages));
}

/** Throws a sentence where it is there and cannot be read. */
async function read(path: string): Promise<UpgradeRecord | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  const { value, why } = readShape(text, shape, 'upgrade of version 1');
  if (value === undefined)
    throw new Error(`${path} ${why}; look with git status and ./bot.sh status what there is, then remove it`);
  return value;
}
