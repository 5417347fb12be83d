import { z } from 'zod';
import { checkStates } from '../outside/forge/forge.ts';
import { forgeNumber } from './forge-names.ts';

const state = z.enum(checkStates);

/** What GitHub shows for a job beside its commit. */
export const checkMarkShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('check run'), id: forgeNumber, shows: state }),
  z.object({ kind: z.literal('commit status'), shows: state }),
  /** The commit is gone, or GitHub keeps refusing. */
  z.object({ kind: z.literal('impossible') }),
]);
export type CheckMark = Readonly<z.infer<typeof checkMarkShape>>;
