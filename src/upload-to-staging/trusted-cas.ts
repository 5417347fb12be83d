import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { wordsOf } from '../words-of.ts';

/**
 * The trusted CAs: those of the bundle alone, as with the program `aws`, otherwise those of Node and of this machine.
 * `NODE_EXTRA_CA_CERTS` counts in both cases. Throws a sentence if the bundle is unusable.
 */
export async function trustedCas(
  bundle: { readonly value: string; readonly where: string } | undefined,
): Promise<SecureContext> {
  if (bundle === undefined) {
    return createSecureContext({ ca: [...getCACertificates('default'), ...getCACertificates('system')] });
  }
  const named = `The CA bundle '${bundle.value}' (${bundle.where})`;
  const text = await readFile(bundle.value, 'utf8').catch((error: unknown) => {
    const why = wordsOf(error);
    throw new Error(`${named} cannot be read: ${why}. Correct the path, or take the setting out.`, { cause: error });
  });
  if (!/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(text)) {
    throw new Error(
      `${named} holds no certificate: it has to be a file in PEM, with lines -----BEGIN CERTIFICATE-----.`,
    );
  }
  return createSecureContext({ ca: [text, ...getCACertificates('extra')] });
}
