/** The daemon's environment, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;

const secret = /^(GITHUB_APP_SECRET_TOKEN(_PREVIOUS)?|GITHUB_TOKEN|KEY_PASSPHRASE|AWS_.*)$/;

/** Whether a variable holds a secret: settings end up in command lines, job directories and comments, so none may be expanded there. */
export function isSecret(name: string): boolean {
  return secret.test(name);
}
