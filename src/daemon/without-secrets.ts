// Our own texts have no secrets; the output of programs may. Names of secrets are recognized as in child-environment.ts.
const secrets = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\b(?:gh[a-z]_|github_pat_)\w+/g,
  // A JSON web token. Behind a hyphen it may be short only: of many beginnings in one word each would be followed to the word's end.
  /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /(?<=-)eyJ(?=([\w-]{1,200}))\1\.[\w-]+\.[\w-]*/g,
  /\bA[KS]IA[A-Z0-9]{12,}/g,
  /(?<=\b(?:bearer|authorization: (?:token|basic)) )[\w.~+/=-]+/gi,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  // A relay's channel.
  /(?<=\bsmee\.io\/)(?!new\b)[\w-]+/g,
  /(?<=(?:token|secret|password|passphrase|api_key|access_key|credentials|_pat)\s?=\s?)[^\s,;]+/gi,
];

/** Replaces what looks like a secret by `(secret)`. */
export function withoutSecrets(words: string): string {
  return secrets.reduce((told, secret) => told.replaceAll(secret, '(secret)'), words);
}
