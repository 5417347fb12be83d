import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** A directory on another file system than the one where tests make their files; undefined where there is none. */
export function otherFileSystem(): string | undefined {
  const own = deviceOf(tmpdir());
  return ['/dev/shm', '/var/tmp'].find((path) => ![undefined, own].includes(deviceOf(path)));
}

const deviceOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.dev;
