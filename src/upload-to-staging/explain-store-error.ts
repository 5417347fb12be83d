import { wordsOf } from '../words-of.ts';
import { judgeAnswer, type StoreAttempt } from './judge-answer.ts';
import { answerOf } from './keep-answers.ts';

/** An error of the AWS SDK as a sentence: what failed, why, what to do. */
export function explainStoreError(error: unknown, attempt: StoreAttempt): string {
  const server = attempt.endpoint === '' ? 'AWS' : attempt.endpoint;
  return `Could not ${attempt.action} '${attempt.key}' in bucket '${attempt.bucket}' at ${server}: ${cause(error, attempt)}.`;
}

function cause(error: unknown, attempt: StoreAttempt): string {
  const answer = answerOf(error);
  if (answer !== undefined) return judgeAnswer(answer, attempt).because;
  const { words, message } = facts(error);
  const is = (...names: string[]) => names.some((name) => words.includes(name));
  if (is('CredentialsProviderError')) return noCredentials(message);
  if (is('ENOTFOUND', 'EAI_AGAIN')) return `the name of the server is unknown (${message}); correct endpoint_url`;
  if (is('ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'))
    return 'the server cannot be reached; is endpoint_url right, does it run?';
  const tls = whyNotTrusted(words, message);
  if (tls !== undefined) return tls;
  // Before the time-out: the SDK gives both the same name.
  if (is('ECONNRESET', 'EPIPE')) return 'the connection was cut';
  if (is('TimeoutError', 'ETIMEDOUT')) return `the server does not answer (${message})`;
  const named = words[0] === undefined || words[0] === 'Error' ? message : `${words[0]}: ${message}`;
  return named.replace(/\.$/, '');
}

function noCredentials(message: string): string {
  const profile = /profile[:\s]+\[?([^\]\s]+)\]?/.exec(message)?.[1];
  if (/profile/i.test(message) && profile !== undefined && profile !== 'default') {
    return `the profile '${profile}' (AWS_PROFILE) has no credentials in ~/.aws; correct it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;
  }
  return 'no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials';
}

/** The names that OpenSSL and Node have for failures of TLS. */
function whyNotTrusted(words: readonly string[], message: string): string | undefined {
  const is = (pattern: RegExp) => words.some((word) => pattern.test(word));
  if (is(/^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET)_.*)$/)) {
    return `no CA that is known here has signed the server's certificate (${message}); write the file with the CA's certificate to AWS_CA_BUNDLE or to ca_bundle in ~/.aws/config`;
  }
  if (is(/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/)) {
    return `${message}: the server's certificate has to be renewed, or this machine's clock is wrong`;
  }
  if (is(/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/)) {
    return `the server's certificate is for other names (${message.replace(/\.$/, '')}); correct endpoint_url`;
  }
  if (is(/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/) || /wrong version number/.test(message)) {
    return 'the server does not speak TLS; let endpoint_url begin with http://';
  }
  if (is(/^HPE_/)) return 'what the server says is not HTTP; if it speaks TLS, let endpoint_url begin with https://';
  if (is(/^(ERR_SSL_|EPROTO$)/)) return `TLS failed (${message.replaceAll(/\s+/g, ' ').trim()})`;
  if (is(/^ERR_PROXY_/)) {
    return `the proxy makes no connection to the server (${message}); correct HTTPS_PROXY, or name the server in NO_PROXY`;
  }
  return undefined;
}

/** The names of an error and its causes, and its message. */
function facts(error: unknown): { words: string[]; message: string } {
  const words: string[] = [];
  let current: unknown = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    for (const key of ['Code', 'name', 'code'] as const) {
      const word: unknown = Reflect.get(current, key);
      if (typeof word === 'string') words.push(word);
    }
    const errors: unknown = Reflect.get(current, 'errors');
    current = Array.isArray(errors) ? errors[0] : Reflect.get(current, 'cause');
  }
  return { words, message: wordsOf(error) };
}
