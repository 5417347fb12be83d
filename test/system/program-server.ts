import { appendFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');
const identity = ['-c', 'user.name=Dave', '-c', 'user.email=dave@example.org'];

export const git = async (where: string, ...words: string[]) =>
  (await execa('git', ['-C', where, ...identity, ...words])).stdout;

/** A server of this program as it is here, version 1.0.0 on main, and a clone of it with packages, as a site has one. */
export class ProgramServer {
  readonly directory: string;
  readonly clone: string;

  private constructor(directory: string) {
    this.directory = join(directory, 'server');
    this.clone = join(directory, 'program');
  }

  static async make(directory: string): Promise<ProgramServer> {
    const server = new ProgramServer(directory);
    const files = await git(root, 'ls-files', '--cached', '--others', '--exclude-standard', '-z');
    for (const path of files.split('\0').filter((path) => path !== '' && !/^(test|bench|demo)\//.test(path))) {
      await mkdir(dirname(join(server.directory, path)), { recursive: true });
      await cp(join(root, path), join(server.directory, path), { verbatimSymlinks: true });
    }
    await git(server.directory, 'init', '--quiet', '--initial-branch=main');
    await server.release('1.0.0');
    await git(directory, 'clone', '--quiet', server.directory, server.clone);
    await symlink(join(root, 'node_modules'), join(server.clone, 'node_modules'));
    await appendFile(join(server.clone, '.git/info/exclude'), 'node_modules\n'); // .gitignore has directories only
    return server;
  }

  /** A commit on main: file -> its text, made from the one before. */
  async release(version: string, changes: Readonly<Record<string, (text: string) => string>> = {}): Promise<void> {
    const all = {
      'package.json': (text: string) => text.replace(/"version": ".*"/, `"version": "${version}"`),
      'CHANGELOG.md': (text: string) => `${text}- What ${version} brings.\n`,
      ...changes,
    };
    for (const [path, change] of Object.entries(all)) {
      const before = await readFile(join(this.directory, path), 'utf8').catch(() => '');
      await mkdir(dirname(join(this.directory, path)), { recursive: true });
      await writeFile(join(this.directory, path), change(before));
    }
    await git(this.directory, 'add', '--all', '--force'); // app.cfg is one to ignore
    await git(this.directory, 'commit', '--quiet', '--allow-empty', '-m', version);
  }

  /** Takes the last one back. */
  async withdraw(): Promise<void> {
    await git(this.directory, 'reset', '--quiet', '--hard', 'HEAD^');
  }
}
