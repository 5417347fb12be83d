import { setTimeout as wait } from 'node:timers/promises';
import { wordsOf } from '../../words-of.ts';
import { type Finding, failure } from './finding.ts';

/** A look. If it hangs or fails, that is a finding, too. */
export interface Look {
  readonly name: Finding['name'];
  readonly withinSeconds: number;
  readonly look: () => Promise<readonly Finding[]>;
}

/** Takes looks in parallel; gives the findings in their order. */
export async function takeLooks(looks: readonly Look[]): Promise<readonly Finding[]> {
  return (await Promise.all(looks.map(takeLook))).flat();
}

async function takeLook({ name, withinSeconds, look }: Look): Promise<readonly Finding[]> {
  const done = new AbortController();
  const limit = wait(withinSeconds * 1000, 'too late' as const, { signal: done.signal, ref: false });
  limit.catch(() => {}); // aborted
  try {
    const found = await Promise.race([look(), limit]);
    if (found !== 'too late') return found;
    const mend = 'look what it waits for: a file system that is away, a server that does not answer, a busy machine';
    return [failure(name, `no answer within ${withinSeconds} s`, 'an answer', mend)];
  } catch (error) {
    return [
      failure(name, `could not be looked at: ${wordsOf(error)}`, 'that it can be looked at', 'see the words before'),
    ];
  } finally {
    done.abort();
  }
}
