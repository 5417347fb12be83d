import process from 'node:process';
import { isCancel, text } from '@clack/prompts';
import { type Answers, type Question, questions, type Surroundings } from './questions.ts';

const howToGoOn = 'nothing more was done; run setup again, with the same answers: it goes on from here';

/** Somebody pressed Ctrl-C, or Ctrl-D. */
class Cancelled extends Error {
  override name = 'Cancelled';
}

/** Asks for missing answers; Enter takes the default. */
export async function askQuestions(given: Partial<Answers>, surroundings: Surroundings): Promise<Partial<Answers>> {
  const answers: Partial<Record<Question['key'], string>> = { ...given };
  for (const { key, asks, usually, whyNot } of questions) {
    if (answers[key] !== undefined) continue;
    const usual = usually?.(surroundings) ?? '';
    answers[key] = await askAtTerminal(asks, usual, (answer) => whyNot?.(answer));
  }
  return answers;
}

/** One question. `usual`: what Enter means. `whyNot`: the end of a sentence. */
export async function askAtTerminal(
  question: string,
  usual = '',
  whyNot: (answer: string) => string | undefined = () => undefined,
): Promise<string> {
  const left = new AbortController();
  const leave = () => left.abort();
  process.once('beforeExit', leave); // Ctrl-D, or a terminal that was closed: the question would never be answered
  const answer = await text({
    message: question,
    signal: left.signal,
    placeholder: usual,
    defaultValue: usual,
    validate: (typed = '') => {
      const why = whyNot(typed.trim() === '' ? usual : typed.trim());
      return why === undefined ? undefined : `It ${why}.`;
    },
  });
  process.off('beforeExit', leave);
  if (isCancel(answer)) throw new Cancelled(howToGoOn);
  return answer.trim();
}
