import { Agent, get } from 'node:https';
import { isIP } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Uploader } from './metadata.ts';

const timeLimitSeconds = 3;

/** Who runs this program, and where. */
export async function findUploader(): Promise<Uploader> {
  return { username: userName(), ip: await publicAddress(), hostname: hostname() };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In some containers the user has a number, but no name.
    return process.env['USER'] ?? '';
  }
}

/** This machine's public address; empty if it cannot be found, which must not stop an upload. */
async function publicAddress(): Promise<string> {
  try {
    const answer = (await askForAddress()).trim();
    return isIP(answer) === 0 ? '' : answer;
  } catch {
    return '';
  }
}

async function askForAddress(): Promise<string> {
  const signal = AbortSignal.timeout(timeLimitSeconds * 1000);
  return new Promise((resolve, reject) => {
    const agent = new Agent({ proxyEnv: process.env });
    get('https://checkip.amazonaws.com/', { signal, agent }, (answer) => {
      text(answer).then(resolve, reject);
    }).on('error', reject);
  });
}
