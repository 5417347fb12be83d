import { quoteWord } from '../../daemon/quote-word.ts';
import type { ProgramResult } from '../../outside/processes/run-program.ts';
import { whyProgramFailed } from '../../outside/processes/why-program-failed.ts';
import { type Finding, failure, fine, notLookedAt, warning } from './finding.ts';

/** The result of the probe, as the upload program says it. */
export function judgeProbe(bucket: string, result: ProgramResult): Finding {
  const name = `upload/probe of ${bucket}` as const;
  if (result.kind === 'exited' && result.code === 0) {
    const rest = result.stderr.trim();
    if (rest === '') return fine(name, result.stdout.trim());
    return warning(
      name,
      rest,
      'that the probe can be removed again',
      'remove it, or let the credentials delete below the prefix',
    );
  }
  const seen = ('stderr' in result && result.stderr.trim()) || whyProgramFailed('the upload script', result);
  const [, why = seen, mend = 'see the words before'] = /^(.*); ([^;]*)$/s.exec(seen) ?? [];
  return failure(name, why, 'that an object can be stored and read back', mend.replace(/\.$/, ''));
}

interface SigningFacts {
  readonly repository: string;
  readonly key: string;
  /** Undefined: there is none. Permission bits. */
  readonly keyMode?: number;
  readonly script: string;
  readonly hasScript: boolean;
  readonly hasPassphrase: boolean;
}

/** Whether the artefacts of a repository id can be signed. */
export function judgeSigning(facts: SigningFacts): Finding {
  const { repository, key, keyMode, script, hasScript, hasPassphrase } = facts;
  const name = `upload/signing of ${repository}` as const;
  const correct = 'correct signing in [deploycfg]';
  if (keyMode === undefined) return failure(name, `there is no key ${key}`, 'the private key', correct);
  if ((keyMode & 0o077) !== 0)
    return warning(
      name,
      `${key} has the mode ${(keyMode & 0o777).toString(8)}: other accounts may read it, and ssh-keygen refuses it`,
      'the mode 600',
      `chmod 600 ${quoteWord(key)}`,
    );
  if (!hasScript && script.startsWith('/'))
    return failure(name, `there is no program ${script}`, 'the script that signs', correct);
  if (!script.startsWith('/'))
    return notLookedAt(name, `${script} is of the job's own directory; the key ${key} is there`);
  return fine(name, `${key}, by ${script}${hasPassphrase ? ', with a passphrase' : ''}`);
}

/** Where the upload program would find credentials. */
export function judgeCredentials(facts: {
  readonly inEnvironment: boolean;
  /** That of ~/.aws, or of AWS_SHARED_CREDENTIALS_FILE. */
  readonly file: string;
  readonly isFileReadable: boolean;
  readonly whose: string;
  /** What to type. */
  readonly howToSet: string;
}): Finding {
  const name = 'upload/credentials';
  if (facts.inEnvironment) return fine(name, `AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of ${facts.whose}`);
  if (facts.isFileReadable) return fine(name, `${facts.file}, for ${facts.whose}`);
  return warning(
    name,
    `none in ${facts.whose}, none in ${facts.file}`,
    'those of the bucket',
    `${facts.howToSet}; then ./bot.sh restart job_manager; or write ~/.aws/credentials`,
  );
}
