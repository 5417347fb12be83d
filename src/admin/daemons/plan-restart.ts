import { takeOption } from './take-option.ts';

/** What the admin has typed for a restart; what is absent stays as the running process has it. */
interface GivenWords {
  readonly config?: string;
  readonly botName?: string;
  readonly options?: readonly string[];
}

/** The words that a daemon is started with again. */
interface WordsAgain {
  readonly config?: string;
  /** The daemon's options, without `--config`. */
  readonly words: readonly string[];
  /** Those of them that the running process has, and nobody has typed. */
  readonly kept: readonly string[];
}

/** Plans a restart of a daemon: with the words of the running process, except for those that are given. */
export function planRestart(running: readonly string[], given: GivenWords): WordsAgain {
  const ofConfig = takeOption(running, '--config');
  const { value: botName, rest } = takeOption(ofConfig.rest, '--bot-name');
  const config = given.config ?? ofConfig.value;
  const mark = (name: string | undefined) => (name === undefined ? [] : ['--bot-name', name]);
  const words = [...(given.options ?? rest), ...mark(given.botName ?? botName)];
  const kept = [...(given.options === undefined ? rest : []), ...(given.botName === undefined ? mark(botName) : [])];
  return { ...(config !== undefined && { config }), words, kept };
}
