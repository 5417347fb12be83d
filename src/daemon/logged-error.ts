import pino from 'pino';

/** An error as fields of a log line. What wraps an error mostly says its words: a cause that adds none is left out, with its stack. */
export function loggedError(error: Error): object {
  const fields = pino.stdSerializers.err(error);
  if (!(error instanceof Error)) return fields;
  let { message, stack } = error;
  for (let { cause } = error; cause instanceof Error; cause = cause.cause) {
    if (message.includes(cause.message)) continue;
    message += `: ${cause.message}`;
    stack += `\ncaused by: ${cause.stack}`;
  }
  return { ...fields, message, stack };
}
