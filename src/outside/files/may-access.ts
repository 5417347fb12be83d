import { access } from 'node:fs/promises';

/** Whether this account may use what has that name; `mode`: R_OK, W_OK, X_OK; without it whether it can be seen. */
export async function mayAccess(path: string, mode?: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}
