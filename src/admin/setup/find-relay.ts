import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import { wordsOfNetwork } from '../../words-of.ts';
import type { SetupTools } from './tools.ts';
import { writeNewFile } from './write-new-file.ts';

const withinMilliseconds = 30_000;

/**
 * The channel of a relay that the event handler is to hear; undefined: it hears none. A channel that was made is kept in a file: another one
 * would not be that of the App. `receive`: what was answered.
 */
export async function findRelay(
  receive: string,
  path: string,
  { smeeServer, say }: Pick<SetupTools, 'smeeServer' | 'say'>,
): Promise<string | undefined> {
  if (receive === 'pull') return undefined;
  if (receive !== 'smee') return (await isRelay(receive, say)) ? receive : undefined;
  const kept = (await readTextIfThere(path))?.trim();
  if (kept) return kept;
  const made = await makeChannel(smeeServer);
  await writeNewFile(path, `${made}\n`);
  return made;
}

/** A relay streams events to who asks so; a reverse proxy has the event handler behind it, which does not. */
async function isRelay(address: string, say: SetupTools['say']): Promise<boolean> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(withinMilliseconds)]);
  try {
    const answer = await fetch(address, { headers: { accept: 'text/event-stream' }, signal });
    return answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  } catch (error) {
    say(
      `${address} does not answer (${wordsOfNetwork(error)}): it is taken for a reverse proxy. If it is a relay, run setup again when it does.`,
    );
    return false;
  } finally {
    stop.abort();
  }
}

/** A new channel of a Smee server; its address. */
async function makeChannel(server: string): Promise<string> {
  const answer = await fetch(`${server}/new`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(withinMilliseconds),
  }).catch((error: unknown) => {
    throw new Error(
      `${server} was not reached (${wordsOfNetwork(error)}); give another way: --receive pull, or --receive URL`,
    );
  });
  const channel = answer.headers.get('location');
  if (channel !== null && URL.canParse(channel, server)) return new URL(channel, server).href;
  throw new Error(
    `${server}/new led to no channel (status ${answer.status}); open it in a browser, and give its address: --receive URL`,
  );
}
