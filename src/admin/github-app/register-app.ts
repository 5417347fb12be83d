import { z } from 'zod';
import { wordsOfNetwork } from '../../words-of.ts';

/** The facts of a new App. GitHub gives them only once. */
const conversion = z
  .object({
    id: z.int().positive(),
    slug: z.string().min(1),
    name: z.string().min(1),
    html_url: z.string(),
    pem: z.string().includes('PRIVATE KEY'),
    webhook_secret: z.string().min(1),
  })
  .transform(({ id, slug, name, html_url: page, pem: privateKey, webhook_secret: webhookSecret }) => {
    return { id, slug, name, page, privateKey, webhookSecret };
  });

const withinMilliseconds = 30_000;

/** Exchanges the code for the App's number, key and webhook secret. It works once. Throws a sentence that says what to do. */
export async function registerApp(apiUrl: string, code: string): Promise<z.infer<typeof conversion>> {
  const address = `${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`;
  const answer = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'build-test-deploy-bot' },
    signal: AbortSignal.timeout(withinMilliseconds),
  }).catch((error: unknown) => {
    throw new Error(
      `GitHub was not reached at ${apiUrl} (${wordsOfNetwork(error)}); run setup again with the same code`,
    );
  });
  if (answer.status === 404)
    throw new Error(
      'GitHub does not know this code: it is good for one hour, and once. Run setup again without --code, and register the App anew; if GitHub has it already, delete that one first',
    );
  if (!answer.ok)
    throw new Error(`GitHub answered the code with status ${answer.status}; run setup again with the same code`);
  const read = conversion.safeParse(await answer.json());
  if (read.success) return read.data;
  throw new Error(
    `GitHub's answer to the code is not as it has to be: ${z.prettifyError(read.error)}. Take key and secret from the App's page, and write app.cfg by hand`,
  );
}
