import type { Settings } from '../../settings/settings.ts';
import type { WaysIn } from '../daemons/ways-in.ts';
import type { DoctorTools } from './tools.ts';

/** What the looks at one daemon go by. */
export interface Side {
  readonly whose: string;
  readonly settings: Settings;
  readonly tools: DoctorTools;
  /** Of an event handler that runs here; undefined: its options are not known. */
  readonly ways?: WaysIn;
}
