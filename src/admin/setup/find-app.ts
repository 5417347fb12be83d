import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { quoteWord } from '../../daemon/quote-word.ts';
import { writeDurably } from '../../outside/files/durable-files.ts';
import { parseShape } from '../../outside/files/parse-shape.ts';
import { readTextIfThere } from '../../outside/files/read-text-if-there.ts';
import { wordsOf } from '../../words-of.ts';
import { codeIn, registrationAddress, registrationPage } from '../github-app/app-manifest.ts';
import { registerApp } from '../github-app/register-app.ts';
import type { Answers } from './questions.ts';
import type { SecretPlaces } from './secret-places.ts';
import type { SetupTools } from './tools.ts';
import { writeNewFile } from './write-new-file.ts';

export interface RegisterOptions {
  readonly answers: Answers;
  /** As GitHub gave it, or the address with it. */
  readonly code?: string;
}

/** What is kept of the App's registration. */
const shape = z.object({
  version: z.literal(1),
  id: z.int().positive(),
  slug: z.string(),
  /** As GitHub knows it; an older version did not ask. */
  name: z.string().exactOptional(),
  page: z.string(),
  /** Texts of the files for key and secret, until they are written: GitHub gives both only once. */
  unwritten: z.object({ key: z.string(), environment: z.string() }).exactOptional(),
});
export type KeptApp = Omit<z.infer<typeof shape>, 'unwritten'>;

const textOf = (app: z.infer<typeof shape>) => `${JSON.stringify(app, null, 2)}\n`;

/** The App that was registered, with key and secret in their files; else registers it. Undefined: somebody has to do that in a browser first. */
export async function findApp(
  options: RegisterOptions,
  relay: string | undefined,
  places: SecretPlaces,
  tools: SetupTools,
): Promise<KeptApp | undefined> {
  const found = (await readApp(places.app)) ?? (await register(options, relay, places, tools));
  if (found?.unwritten === undefined) return found;
  const { unwritten, ...app } = found;
  for (const [path, text] of [
    [places.key, unwritten.key],
    [places.environment, unwritten.environment],
  ] as const)
    if ((await writeNewFile(path, text)) === 'other')
      throw new Error(
        `${path} is there already, of something else; move it away, and run setup again: nothing is lost`,
      );
  await writeDurably(places.app, textOf(app));
  tools.say(`Registered: the App ${app.slug}, number ${app.id}. Its key is ${places.key}.`);
  return app;
}

async function readApp(path: string): Promise<z.infer<typeof shape> | undefined> {
  const text = await readTextIfThere(path);
  if (!text) return undefined; // empty: a code was about to be used
  const app = parseShape(text, shape);
  if (app !== undefined) return app;
  throw new Error(`${path} is not as setup writes it; move it away, or choose another --name`);
}

/** The end of a sentence. */
const whyNoCode = (pasted: string) =>
  codeIn(pasted) === undefined
    ? 'has no code in it; paste the whole address that the browser shows, http://localhost/…?code=…'
    : undefined;

/** Undefined: it is to be registered in a browser first. */
async function register(
  { answers, code }: RegisterOptions,
  relay: string | undefined,
  places: SecretPlaces,
  tools: SetupTools,
): Promise<z.infer<typeof shape> | undefined> {
  const { say, ask, apiUrl, secretsDirectory } = tools;
  for (const path of [places.key, places.environment]) {
    const text = await readTextIfThere(path);
    if (text === undefined) continue;
    const isOfAnApp = path === places.key || parseEnv(text)['GITHUB_APP_SECRET_TOKEN'];
    const what = isOfAnApp
      ? `${places.app} is not: it belongs to another App; move it away`
      : "holds no App's secret; move it away, and add its lines to the file that setup writes";
    throw new Error(
      `${path} is there already, and ${what}, or keep this App's elsewhere: --secrets ${quoteWord(`${secretsDirectory}/${answers.name}`)}`,
    );
  }
  let pasted = code;
  if (pasted === undefined) {
    await showRegistration(answers, relay, places, tools);
    if (ask === undefined) {
      say("Then run setup again with the same options, and --code 'ADDRESS'.");
      return undefined;
    }
    pasted = await ask('The address to which GitHub led (it holds the code)', whyNoCode);
  }
  const exchangeable = codeIn(pasted);
  if (exchangeable === undefined) throw new Error(`${pasted} ${whyNoCode(pasted)}`);
  await writeNewFile(places.app, ''); // throws where nothing can be written: before the code is used up
  const { privateKey, webhookSecret, ...registered } = await registerApp(apiUrl, exchangeable);
  const heard = relay === undefined ? '' : `SMEE_URL=${relay}\n`;
  const unwritten = { key: privateKey, environment: `GITHUB_APP_SECRET_TOKEN=${webhookSecret}\n${heard}` };
  const app = { version: 1, ...registered, unwritten } as const;
  await writeDurably(places.app, textOf(app)).catch((error: unknown) => {
    throw new Error(
      `${places.app} cannot be written (${wordsOf(error)}): the key is lost. Make room, delete the App on GitHub (${app.page}), and run setup again without --code`,
    );
  });
  return app;
}

async function showRegistration(
  answers: Answers,
  relay: string | undefined,
  { page }: SecretPlaces,
  { say, serverUrl }: SetupTools,
): Promise<void> {
  const webhookUrl = relay ?? (answers.receive === 'pull' ? nowhere : answers.receive);
  const toRegister = {
    name: answers.name,
    webhookUrl,
    serverUrl,
    showsChecks: answers.checks === 'yes',
    ...(answers.organization !== '' && { organization: answers.organization }),
  };
  await rm(page, { force: true }); // of other answers
  await writeNewFile(page, registrationPage(toRegister));
  say([
    `GitHub sends deliveries to ${webhookUrl}.`,
    `Register the App in a browser, on any machine: fetch this page there, and open it.`,
    '',
    `  scp ${quoteWord(`${hostname()}:${page}`)} .`,
    '',
    'Or copy this, the form of that page in one line, into the address bar:',
    '',
    registrationAddress(toRegister),
    '',
    'GitHub shows the name, and creates the App. It then leads to an address on localhost that does not open, and holds a code for an hour.',
  ]);
}

/** A host that never exists (RFC 2606): GitHub notes each delivery as failed, and the bot reads them from GitHub's list. */
const nowhere = 'https://bot.invalid/';
