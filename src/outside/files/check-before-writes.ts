import { coalesce } from './coalesce.ts';

let check: () => Promise<void> = async () => {};

/**
 * From now on `first` runs immediately before each change of this process becomes visible; if it rejects, nothing is changed. An
 * empty directory is made without it. Callers that wait at the same time share the next check.
 */
export function checkBeforeWrites(first: () => Promise<void>): void {
  check = coalesce(first);
}

/** Rejects where nothing may be changed any more. */
export const mayWrite = (): Promise<void> => check();
