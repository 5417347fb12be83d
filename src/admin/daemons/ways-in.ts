import { takeOption } from './take-option.ts';

/** How deliveries reach an event handler, by its options. */
export interface WaysIn {
  /** It opens no port and hears no relay: it asks the forge itself (--pull, --cron), or reads a file. */
  readonly asksItself: boolean;
  /** How often, with --pull. */
  readonly pullSeconds?: number;
  /** The address of a relay; absent: SMEE_URL counts. */
  readonly smee?: string;
  readonly host?: string;
  readonly port?: number;
}

const asking = /^(--pull|--cron|-c|--file|-f)(=|$)/;

/** Reads the options of an event handler, as lookAtDaemonProcess gives them. */
export function waysIn(words: readonly string[]): WaysIn {
  const { value: pull } = takeOption(words, '--pull');
  const { value: smee } = takeOption(words, '--smee');
  const { value: host } = takeOption(words, '--host');
  const { value: port } = takeOption(words, '--port', '-p');
  return {
    asksItself: words.some((word) => asking.test(word)),
    ...(pull !== undefined && { pullSeconds: Number(pull) }),
    ...(smee !== undefined && { smee }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: Number(port) }),
  };
}
