import { isCancel, text } from '@clack/prompts';
import { type Answers, type Question, questions, type Surroundings } from './questions.ts';

/** Somebody pressed Ctrl-C. */
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
  const answer = await text({
    message: question,
    placeholder: usual,
    defaultValue: usual,
    validate: (typed = '') => {
      const why = whyNot(typed.trim() === '' ? usual : typed.trim());
      return why === undefined ? undefined : `It ${why}.`;
    },
  });
  if (isCancel(answer)) throw new Cancelled('nothing more was done; run setup again, it goes on from here');
  return answer.trim();
}
