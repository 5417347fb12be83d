import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wordsOf } from '../words-of.ts';
import { openFile } from './open-file.ts';
import { connectToStore, removeFrom, storeVerified } from './store.ts';

/** Stores a small object, reads it back, removes it; the exit status. One that cannot be removed is a complaint, and no failure. */
export async function probeStore(
  bucket: string,
  endpoint: string,
  say: (line: string) => void,
  complain: (line: string) => void,
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'eessi-probe-'));
  const key = `bot-doctor-${randomUUID()}.txt`;
  const text = 'A probe of the bot: it can be removed.\n';
  const began = Date.now();
  try {
    await writeFile(join(directory, 'probe'), text);
    const store = await connectToStore(bucket, endpoint);
    const file = await openFile(join(directory, 'probe'));
    try {
      await storeVerified(store, key, file, createHash('sha256').update(text).digest('hex'));
    } finally {
      await file.handle.close();
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    await removeFrom(store, key).catch((error: unknown) =>
      complain(`'${key}' was stored and read back, and is still there: ${wordsOf(error)}`),
    );
    say(`stored, read back and removed within ${seconds} s`);
    return 0;
  } catch (error) {
    complain(wordsOf(error));
    return 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
