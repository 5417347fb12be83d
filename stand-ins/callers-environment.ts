/** What vitest adds for its tests. */
const ofVitest = /^(VITEST|NODE_ENV$|TEST$|DEV$|PROD$|SSR$|MODE$|BASE_URL$)/;
/** Of GitHub, of a store and of a cluster: whoever makes a site has their own. */
const ofASite = /^(GITHUB_|AWS_|KEY_PASSPHRASE$|SLURM_CONF|SLURM_CLUSTERS$)/;

/**
 * The environment of whoever started the tests, the demo or the measurements, for daemons that are started as an admin starts them.
 * What must not reach the bot's children is kept from them by the bot: nothing else is taken out here. Servers of 127.0.0.1 are
 * reached without a proxy.
 */
export function callersEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !ofVitest.test(name) && !ofASite.test(name));
  const { NO_PROXY = '', no_proxy: noProxy = NO_PROXY } = process.env;
  const local = noProxy === '' ? '127.0.0.1' : `${noProxy},127.0.0.1`;
  return { ...(Object.fromEntries(kept) as Record<string, string>), NO_PROXY: local, no_proxy: local };
}
