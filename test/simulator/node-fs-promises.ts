import type { BigIntStats, Stats } from 'node:fs';
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { type Node, systemError } from './files.ts';
import { world } from './world.ts';

// What the daemons get for node:fs/promises: the files of the present world. Only what they use is here; anything else fails to import.
// Calls that change something are steps of their own, looks are not: nothing can tell a kill before a look from one before the next step.

type Encoding = 'utf8' | { encoding?: string } | undefined;

const calls = <T>(name: string, path: string, act: () => T) => world().call(`${name} ${path}`, act);
const looks = <T>(name: string, path: string, act: () => T) => world().look(`${name} ${path}`, act);

export const readFile = (path: string, encoding?: Encoding) =>
  looks('readFile', path, () => {
    const content = processFile(path) ?? world().files.findFile(path, 'open').content;
    return encoding === undefined ? content : content.toString('utf8');
  });

/** /proc/PID/stat. */
function processFile(path: string): Buffer | undefined {
  const [, pid] = /^\/proc\/(\d+)\/stat$/.exec(path) ?? [];
  const text = pid === undefined ? undefined : world().statOfProcess(Number(pid));
  return text === undefined ? undefined : Buffer.from(text);
}

export const stat = (path: string) => looks('stat', path, () => statsOf(world().files.find(path, 'stat')));
export const lstat = (path: string, options?: { bigint?: boolean }) =>
  looks('lstat', path, () => {
    const node = world().files.find(path, 'lstat', false);
    return options?.bigint ? bigIntStatsOf(node) : statsOf(node);
  });
/** ext4, EXT4_SUPER_MAGIC. */
export const statfs = (path: string) =>
  looks('statfs', path, () => {
    world().files.find(path, 'statfs');
    return { type: 0xef53 };
  });
export const realpath = (path: string) => looks('realpath', path, () => world().files.realpath(path));

export const readlink = (path: string) =>
  looks('readlink', path, () => {
    const node = world().files.find(path, 'readlink', false);
    if (node.kind !== 'link') throw systemError('EINVAL', 'readlink', path);
    return node.target;
  });

export const readdir = (path: string, options?: { withFileTypes?: boolean }) =>
  looks('readdir', path, () => {
    const { entries } = world().files.findDirectory(path, 'scandir');
    if (!options?.withFileTypes) return [...entries.keys()];
    return [...entries].map(([name, node]) => ({ ...kindOf(node), name, parentPath: path }));
  });

export const opendir = (path: string) =>
  looks('opendir', path, () => {
    world().files.findDirectory(path, 'opendir');
    return { close: async () => {} };
  });

export const writeFile = async (path: string, data: string | Buffer, options?: { flag?: string }) => {
  const exclusive = options?.flag === 'wx' ? constants.O_EXCL : 0;
  const file = await open(path, constants.O_CREAT | constants.O_WRONLY | constants.O_TRUNC | exclusive, 0o644);
  await file.writeFile(data);
};

export const mkdir = (path: string, options?: { recursive?: boolean; mode?: number } | number) =>
  calls('mkdir', path, () => {
    const { files } = world();
    const { recursive = false, mode = 0o777 } = typeof options === 'number' ? { mode: options } : (options ?? {});
    if (!recursive) return files.mkdir(path, mode);
    const missing: string[] = [];
    for (let each = path; !files.has(each); each = posix.dirname(each)) missing.unshift(each);
    for (const each of missing) files.mkdir(each, mode);
    files.findDirectory(path, 'mkdir');
    return missing[0];
  });

export const symlink = (target: string, path: string) =>
  calls('symlink', path, () => world().files.symlink(target, path));
export const link = (existing: string, path: string) => calls('link', path, () => world().files.link(existing, path));
export const unlink = (path: string) => calls('unlink', path, () => world().files.unlink(path));
export const rmdir = (path: string) => calls('rmdir', path, () => world().files.rmdir(path));
export const rename = (from: string, to: string) => calls(`rename ${from}`, to, () => world().files.rename(from, to));

export const rm = (path: string, { force = false }: { recursive?: boolean; force?: boolean } = {}) =>
  calls('rm', path, () => {
    try {
      world().files.removeTree(path);
    } catch (error) {
      if (!force || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  });

export const copyFile = (from: string, to: string, flags = 0) =>
  calls('copyFile', to, () => {
    const { files } = world();
    const { content } = files.findFile(from, 'copyfile');
    const exclusive = (flags & constants.COPYFILE_EXCL) !== 0 ? constants.O_EXCL : 0;
    const node = files.open(to, constants.O_CREAT | constants.O_WRONLY | exclusive, 0o644);
    if (node.kind === 'file') files.write(node, content);
  });

export const chmod = (path: string, mode: number) =>
  looks('chmod', path, () => {
    world().files.find(path, 'chmod').mode = mode;
  });
export const utimes = (path: string, _accessed: Date, modified: Date) =>
  looks('utimes', path, () => {
    world().files.find(path, 'utimes').mtimeMs = modified.getTime();
  });
export const lutimes = (path: string, _accessed: Date, modified: Date) =>
  looks('lutimes', path, () => {
    world().files.find(path, 'lutimes', false).mtimeMs = modified.getTime();
  });
export const access = (path: string) => looks('access', path, () => void world().files.find(path, 'access'));

export const open = async (path: string, flags: number | string = 'r', mode = 0o666) => {
  const bits = typeof flags === 'number' ? flags : (bitsOf[flags] ?? 0);
  const changes = (bits & (constants.O_CREAT | constants.O_TRUNC)) !== 0;
  const act = () => world().files.open(path, bits, mode);
  const node = changes ? await calls('open', path, act) : await looks('look into', path, act);
  return new Handle(path, node, (bits & constants.O_APPEND) !== 0);
};

const bitsOf: Readonly<Record<string, number>> = {
  r: constants.O_RDONLY,
  'r+': constants.O_RDWR,
  w: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
  a: constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
};

class Handle {
  readonly #path: string;
  readonly #node: Node;
  readonly #appends: boolean;

  constructor(path: string, node: Node, appends: boolean) {
    this.#path = path;
    this.#node = node;
    this.#appends = appends;
  }

  stat(options?: { bigint?: boolean }) {
    return looks('stat', this.#path, () => (options?.bigint ? bigIntStatsOf(this.#node) : statsOf(this.#node)));
  }

  async read(buffer: Buffer, offset: number, length: number, position: number) {
    return await looks('read', this.#path, () => ({
      bytesRead: this.#file.content.copy(buffer, offset, position, position + length),
    }));
  }

  readFile(encoding?: Encoding) {
    return looks('read', this.#path, () =>
      encoding === undefined ? this.#file.content : this.#file.content.toString('utf8'),
    );
  }

  write(text: string, position?: number) {
    if (position !== undefined) return this.#overwrite(Buffer.from(text), position);
    if (!this.#appends) throw new Error('the simulated files are written whole, or appended to');
    return this.#put(Buffer.from(text));
  }

  writeFile(data: string | Buffer) {
    return this.#put(Buffer.from(data));
  }

  truncate(length: number) {
    return calls('truncate', this.#path, () =>
      world().files.write(this.#file, Buffer.from(this.#file.content.subarray(0, length))),
    );
  }

  sync() {
    return calls('fsync', this.#path, () => world().files.sync(this.#node));
  }

  chmod(mode: number) {
    return looks('change', this.#path, () => {
      this.#node.mode = mode;
    });
  }

  utimes(_accessed: Date, modified: Date) {
    return looks('change', this.#path, () => {
      this.#node.mtimeMs = modified.getTime();
    });
  }

  async close() {}

  #overwrite(data: Buffer, position: number) {
    return calls('write', this.#path, () => {
      const { content } = this.#file;
      const behind = content.subarray(position + data.length);
      world().files.write(this.#file, Buffer.concat([content.subarray(0, position), data, behind]));
    });
  }

  #put(data: Buffer) {
    const write = (bytes: number) => {
      const part = data.subarray(0, bytes);
      world().files.write(this.#file, this.#appends ? Buffer.concat([this.#file.content, part]) : part);
    };
    const writeHalf = () => write(Math.floor(data.length / 2)); // as far as there was room
    return world().call(`write ${this.#path}`, () => write(data.length), writeHalf);
  }

  get #file() {
    if (this.#node.kind === 'file') return this.#node;
    throw systemError('EISDIR', 'read', this.#path);
  }
}

function kindOf(node: Node) {
  return {
    isFile: () => node.kind === 'file',
    isDirectory: () => node.kind === 'directory',
    isSymbolicLink: () => node.kind === 'link',
  };
}

function statsOf(node: Node): Partial<Stats> {
  const size = node.kind === 'file' ? node.content.length : 0;
  const time = new Date(node.mtimeMs);
  return {
    ...kindOf(node),
    dev: 1,
    ino: node.ino,
    mode: node.mode,
    size,
    blocks: Math.ceil(size / 512),
    mtimeMs: node.mtimeMs,
    mtime: time,
    atime: time,
  };
}

function bigIntStatsOf(node: Node): Partial<BigIntStats> {
  const { size = 0, blocks = 0, mtimeMs = 0 } = statsOf(node);
  const time = BigInt(Math.round(mtimeMs)) * 1_000_000n;
  return {
    ...kindOf(node),
    dev: 1n,
    ino: BigInt(node.ino),
    size: BigInt(size),
    blocks: BigInt(blocks),
    mtimeNs: time,
    ctimeNs: time,
  };
}
