import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, startDaemon } from './daemon.ts';
import { runCommand } from './run-command.ts';
import { type Place, slurmdbdConf } from './slurm-conf.ts';
import { untilReady } from './until-ready.ts';

type Environment = Readonly<Record<string, string>>;

/** Accounting of a private Slurm: a MariaDB that listens on a socket only, and slurmdbd. */
export class Accounting {
  readonly #place: Place;
  readonly #environment: Environment;
  readonly #database: Daemon;
  #slurmdbd: Daemon | undefined;

  private constructor(place: Place, environment: Environment, database: Daemon) {
    this.#place = place;
    this.#environment = environment;
    this.#database = database;
  }

  static async start(place: Place, cluster: string, environment: Environment): Promise<Accounting> {
    await writeFile(join(place.directory, 'slurmdbd.conf'), slurmdbdConf(place), { mode: 0o600 });
    const socket = join(place.directory, 'mysql.socket');
    const database = await startDatabase(place.directory, socket, environment);
    const accounting = new Accounting(place, { ...environment, MYSQL_UNIX_PORT: socket }, database);
    try {
      await accounting.startSlurmdbd();
      for (const what of [
        ['cluster', cluster],
        ['account', 'bot', `Cluster=${cluster}`],
        ['user', 'root', 'Account=bot'],
      ])
        await runCommand({ environment }, 'sacctmgr', '--immediate', 'add', ...what);
    } catch (error) {
      await accounting.stop();
      throw error;
    }
    return accounting;
  }

  async startSlurmdbd(): Promise<void> {
    this.#slurmdbd ??= startDaemon(['slurmdbd', '-D'], this.#environment);
    const { directory } = this.#place;
    await untilReady('slurmdbd', directory, this.#environment, ['sacctmgr', '--noheader', 'list', 'cluster']);
  }

  async stopSlurmdbd(): Promise<void> {
    await this.#slurmdbd?.stop();
    this.#slurmdbd = undefined;
  }

  async stop(): Promise<void> {
    await this.stopSlurmdbd();
    await this.#database.stop();
  }
}

async function startDatabase(home: string, socket: string, environment: Environment): Promise<Daemon> {
  const data = `--datadir=${home}/mysql`;
  const install = ['--no-defaults', '--user=root', '--auth-root-authentication-method=socket', '--skip-test-db', data];
  await runCommand({ environment }, 'mariadb-install-db', ...install);
  const log = `--log-error=${home}/log/mariadb.log`;
  const words = ['--no-defaults', '--user=root', data, `--socket=${socket}`, '--skip-networking', log];
  const small = ['--innodb-buffer-pool-size=64M', `--pid-file=${home}/mariadb.pid`];
  const database = startDaemon(['mariadbd', ...words, ...small], environment);
  try {
    const client = ['mariadb', '--no-defaults', `--socket=${socket}`, '-e'] as const;
    await untilReady('mariadbd', home, environment, [...client, 'create database if not exists slurm_acct_db']);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}
