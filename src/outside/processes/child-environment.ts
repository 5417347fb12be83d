type Environment = Readonly<Record<string, string | undefined>>;

/** Ours, and what other tools call theirs. */
const isForGitHub = (name: string) => /^(GITHUB|GH)_(.+_)?(TOKEN|SECRET|PAT)(_PREVIOUS)?$/.test(name);
const isForUpload = (name: string) => name === 'KEY_PASSPHRASE' || name.startsWith('AWS_');
/** What `npm run` and our launcher add for themselves: in a job or a build it would change how another program behaves. */
const isOfNode = (name: string) =>
  /^(npm_|NODE_OPTIONS$|INIT_CWD$|NODE_COMPILE_CACHE$|UV_THREADPOOL_SIZE$|MALLOC_ARENA_MAX$)/.test(name);

/** The environment of every child (git, sbatch and so all jobs, det_submit_opts, …): ours without secrets, since children run strangers' code. */
export function withoutSecrets(environment: Environment): Record<string, string> {
  return keep(environment, (name) => !isForGitHub(name) && !isForUpload(name) && !isOfNode(name));
}

/** The environment of the upload script: what the store and the signing key want, and no secret of GitHub's. */
export function forUpload(environment: Environment): Record<string, string> {
  return keep(environment, (name) => !isForGitHub(name) && !isOfNode(name));
}

function keep(environment: Environment, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && wanted(name) ? [[name, value]] : [],
    ),
  );
}
