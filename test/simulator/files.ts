import { constants } from 'node:fs';
import { posix } from 'node:path';

// A file system in memory that knows what a power cut keeps: what was synced, and of the rest as much as chance wants. Names are
// journalled in their order, as on ext4 and xfs; bytes that were not synced may be missing though the name is there.

interface Common {
  readonly ino: number;
  mode: number;
  mtimeMs: number;
}

interface FileNode extends Common {
  readonly kind: 'file';
  content: Buffer;
  /** What is on the disk; undefined: nothing yet. */
  synced: Buffer | undefined;
}

interface LinkNode extends Common {
  readonly kind: 'link';
  readonly target: string;
}

interface DirectoryNode extends Common {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
}

export type Node = FileNode | LinkNode | DirectoryNode;

/** A change of a name that is not on the disk, and what was there before. The two halves of a rename have one number. */
interface Unsynced {
  readonly number: number;
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly before: Node | undefined;
}

/** A file system that is away, and the directory that is to be seen in its place. */
interface Unmounted {
  readonly parent: DirectoryNode;
  readonly name: string;
  readonly mounted: DirectoryNode;
  readonly below: DirectoryNode;
}

/** How much of what was not synced a power cut leaves. */
export type Remains = 'nothing' | 'some' | 'all';

/** Fails as the system does. */
export function systemError(code: string, call: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: simulated, ${call} '${path}'`);
  error.code = code;
  error.syscall = call;
  error.path = path;
  return error;
}

const empty = Buffer.alloc(0);

/** A tree of files. All calls are immediate; the simulator decides when they happen. */
export class Files {
  readonly #now: () => number;
  readonly #root: DirectoryNode;
  #ino = 0;
  /** Oldest first. */
  #journal: Unsynced[] = [];
  #changes = 0;
  readonly #unsyncedFiles = new Set<FileNode>();
  readonly #unmounted = new Map<string, Unmounted>();

  constructor(now: () => number) {
    this.#now = now;
    this.#root = this.#newDirectory(0o755);
  }

  /** The node of a path; throws ENOENT, ENOTDIR, ELOOP. */
  find(path: string, call: string, follow = true): Node {
    const node = this.#walk(path, call, follow, 0);
    if (node === undefined) throw systemError('ENOENT', call, path);
    return node;
  }

  findFile(path: string, call: string): FileNode {
    const node = this.find(path, call);
    if (node.kind === 'file') return node;
    throw systemError('EISDIR', call, path);
  }

  findDirectory(path: string, call: string): DirectoryNode {
    const node = this.find(path, call);
    if (node.kind === 'directory') return node;
    throw systemError('ENOTDIR', call, path);
  }

  has(path: string): boolean {
    try {
      return this.#walk(path, 'stat', true, 0) !== undefined;
    } catch {
      return false;
    }
  }

  /** Names in a directory; none where there is no directory. */
  list(path: string): string[] {
    if (!this.has(path)) return [];
    const node = this.find(path, 'scandir');
    return node.kind === 'directory' ? [...node.entries.keys()].sort() : [];
  }

  text(path: string): string | undefined {
    return this.has(path) ? this.findFile(path, 'open').content.toString('utf8') : undefined;
  }

  /** Whether a power cut would leave a file as it is. */
  isSynced(path: string): boolean {
    const node = this.find(path, 'stat');
    const { parent, name } = this.#parentOf(path, 'stat');
    const isNameSynced = !this.#journal.some((each) => each.directory === parent && each.name === name);
    return isNameSynced && !(node.kind === 'file' && this.#unsyncedFiles.has(node));
  }

  open(path: string, flags: number, mode: number): Node {
    const creates = (flags & constants.O_CREAT) !== 0;
    const follow = (flags & constants.O_NOFOLLOW) === 0;
    const node = this.#walk(path, 'open', follow, 0);
    if (node === undefined) {
      if (!creates) throw systemError('ENOENT', 'open', path);
      return this.#create(path, this.#newFile(mode), 'open');
    }
    if (creates && (flags & constants.O_EXCL) !== 0) throw systemError('EEXIST', 'open', path);
    if (node.kind === 'link') throw systemError('ELOOP', 'open', path);
    const writes = (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
    if (node.kind === 'directory' && writes) throw systemError('EISDIR', 'open', path);
    if (node.kind !== 'directory' && (flags & constants.O_DIRECTORY) !== 0) throw systemError('ENOTDIR', 'open', path);
    if (node.kind === 'file' && (flags & constants.O_TRUNC) !== 0) this.write(node, empty);
    return node;
  }

  write(file: FileNode, content: Buffer): void {
    file.content = content;
    file.mtimeMs = this.#now();
    this.#unsyncedFiles.add(file);
  }

  /** Nothing of a directory is to be seen any more: its file system is away, and there is the empty directory below it. */
  unmount(path: string): void {
    const { parent, name } = this.#parentOf(path, 'umount');
    const mounted = this.findDirectory(path, 'umount');
    const below = this.#newDirectory(0o755);
    this.#unmounted.set(path, { parent, name, mounted, below });
    parent.entries.set(name, below);
  }

  /** It is back. Gives what was written below it meanwhile. */
  mount(path: string): string[] {
    const written = this.#filesBelow(path);
    const { parent, name, mounted } = this.#unmounted.get(path) ?? {};
    if (parent === undefined || name === undefined || mounted === undefined) throw new Error(`${path} is mounted`);
    this.#unmounted.delete(path);
    parent.entries.set(name, mounted);
    return written;
  }

  /** Does something on another machine, on which all is mounted. */
  fromElsewhere<T>(act: () => T): T {
    const all = [...this.#unmounted.values()];
    for (const { parent, name, mounted } of all) parent.entries.set(name, mounted);
    try {
      return act();
    } finally {
      for (const { parent, name, below } of all) parent.entries.set(name, below);
    }
  }

  #filesBelow(path: string): string[] {
    return this.list(path).flatMap((name) => {
      const each = posix.join(path, name);
      return this.find(each, 'stat', false).kind === 'directory' ? this.#filesBelow(each) : [each];
    });
  }

  /** A whole file at once, which is on the disk then. */
  writeThrough(path: string, text: string): void {
    const file = this.open(path, constants.O_CREAT | constants.O_WRONLY, 0o644);
    if (file.kind !== 'file') throw systemError('EISDIR', 'open', path);
    this.write(file, Buffer.from(text));
    this.sync(file);
    this.sync(this.findDirectory(posix.dirname(path), 'open'));
  }

  /** fsync: of a file its bytes, of a directory its names. */
  sync(node: Node): void {
    if (node.kind === 'file') {
      node.synced = node.content;
      this.#unsyncedFiles.delete(node);
    } else if (node.kind === 'directory') {
      this.#journal = this.#journal.filter(({ directory }) => directory !== node);
      this.#syncWayTo(node);
    }
  }

  mkdir(path: string, mode: number): void {
    this.#create(path, this.#newDirectory(mode), 'mkdir');
  }

  symlink(target: string, path: string): void {
    this.#create(path, { kind: 'link', target, ino: ++this.#ino, mode: 0o777, mtimeMs: this.#now() }, 'symlink');
  }

  link(existing: string, path: string): void {
    this.#create(path, this.find(existing, 'link', false), 'link');
  }

  unlink(path: string): void {
    const { parent, name } = this.#parentOf(path, 'unlink');
    const node = parent.entries.get(name);
    if (node === undefined) throw systemError('ENOENT', 'unlink', path);
    if (node.kind === 'directory') throw systemError('EISDIR', 'unlink', path);
    this.#change({ directory: parent, name, after: undefined });
  }

  rmdir(path: string): void {
    const { parent, name } = this.#parentOf(path, 'rmdir');
    const node = parent.entries.get(name);
    if (node === undefined) throw systemError('ENOENT', 'rmdir', path);
    if (node.kind !== 'directory') throw systemError('ENOTDIR', 'rmdir', path);
    if (node.entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
    this.#change({ directory: parent, name, after: undefined });
  }

  /** `rm -r`: the whole tree in one step. */
  removeTree(path: string): void {
    const { parent, name } = this.#parentOf(path, 'rm');
    if (!parent.entries.has(name)) throw systemError('ENOENT', 'rm', path);
    this.#change({ directory: parent, name, after: undefined });
  }

  rename(from: string, to: string): void {
    const source = this.#parentOf(from, 'rename');
    const node = source.parent.entries.get(source.name);
    if (node === undefined) throw systemError('ENOENT', 'rename', from);
    const destination = this.#parentOf(to, 'rename');
    const there = destination.parent.entries.get(destination.name);
    if (there?.kind === 'directory' && node.kind !== 'directory') throw systemError('EISDIR', 'rename', to);
    if (there?.kind === 'directory' && there.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', to);
    if (there !== undefined && there.kind !== 'directory' && node.kind === 'directory')
      throw systemError('ENOTDIR', 'rename', to);
    if (there === node) return;
    this.#change(
      { directory: destination.parent, name: destination.name, after: node },
      { directory: source.parent, name: source.name, after: undefined },
    );
  }

  realpath(path: string): string {
    const parts: string[] = [];
    this.#walk(path, 'realpath', true, 0, parts);
    this.find(path, 'realpath');
    return `/${parts.join('/')}`;
  }

  /** syncfs: everything is on the disk. */
  syncAll(): void {
    this.cutPower('all', () => 0);
  }

  /** The machine loses its power: what was not synced is gone, or a part of it, as `random` (0 to 1) decides. */
  cutPower(remains: Remains, random: () => number): void {
    if (remains !== 'all') {
      const oldest = this.#journal[0]?.number ?? 0;
      const keepUntil = remains === 'nothing' ? 0 : oldest + Math.floor(random() * (this.#changes - oldest + 2));
      for (const { number, directory, name, before } of this.#journal.reverse())
        if (number >= keepUntil) setEntry(directory, name, before);
      for (const file of this.#unsyncedFiles) {
        const whole = remains === 'some' && random() < 0.3;
        const part = remains === 'some' && random() < 0.5 ? Math.floor(random() * file.content.length) : 0;
        if (!whole) file.content = file.synced ?? file.content.subarray(0, part);
      }
    }
    for (const file of this.#unsyncedFiles) file.synced = file.content;
    this.#unsyncedFiles.clear();
    this.#journal = [];
  }

  #create<T extends Node>(path: string, node: T, call: string): T {
    const { parent, name } = this.#parentOf(path, call);
    if (parent.entries.has(name)) throw systemError('EEXIST', call, path);
    this.#change({ directory: parent, name, after: node });
    return node;
  }

  #change(...halves: readonly { directory: DirectoryNode; name: string; after: Node | undefined }[]): void {
    const number = ++this.#changes;
    for (const { directory, name, after } of halves) {
      this.#journal.push({ number, directory, name, before: directory.entries.get(name) });
      directory.mtimeMs = this.#now();
      setEntry(directory, name, after);
    }
  }

  /** No file system keeps the names in a directory and loses the directory: with them it keeps how they are reached. */
  #syncWayTo(node: DirectoryNode): void {
    let reached: Node = node;
    for (const each of this.#journal.toReversed()) {
      if (each.directory.entries.get(each.name) !== reached || each.before !== undefined) continue;
      const made: Unsynced = each;
      this.#journal = this.#journal.filter((other) => other !== made);
      reached = made.directory;
    }
  }

  #parentOf(path: string, call: string): { parent: DirectoryNode; name: string } {
    const parent = this.find(posix.dirname(path), call);
    if (parent.kind !== 'directory') throw systemError('ENOTDIR', call, path);
    return { parent, name: posix.basename(path) };
  }

  /** The node of a path, undefined where its last part, or one before, is not there. `trail` becomes the way without links. */
  #walk(path: string, call: string, follow: boolean, depth: number, trail?: string[]): Node | undefined {
    if (depth > 8) throw systemError('ELOOP', call, path);
    const parts = partsOf(path);
    let node: Node = this.#root;
    for (let index = 1; index < parts.length; index++) {
      if (node.kind !== 'directory') throw systemError('ENOTDIR', call, path);
      const part = parts[index] ?? '';
      const next = node.entries.get(part);
      if (next === undefined) return undefined;
      if (next.kind === 'link' && (index < parts.length - 1 || follow)) {
        if (trail) trail.length = 0;
        const target = posix.resolve(`/${parts.slice(1, index).join('/')}`, next.target);
        const reached = this.#walk(target, call, true, depth + 1, trail);
        if (reached === undefined) return undefined;
        node = reached;
      } else {
        trail?.push(part);
        node = next;
      }
    }
    return node;
  }

  #newFile(mode: number): FileNode {
    const file: FileNode = {
      kind: 'file',
      content: empty,
      synced: undefined,
      ino: ++this.#ino,
      mode,
      mtimeMs: this.#now(),
    };
    this.#unsyncedFiles.add(file);
    return file;
  }

  #newDirectory(mode: number): DirectoryNode {
    return { kind: 'directory', entries: new Map(), ino: ++this.#ino, mode, mtimeMs: this.#now() };
  }
}

const isUnusual = /\/(?:\.{0,2}\/|\.{0,2}$)/;

/** The parts of a path, the first one empty. Nearly all paths come out of path.join, and need no second look. */
function partsOf(path: string): readonly string[] {
  if (!path.startsWith('/')) throw new Error(`the simulated files have no working directory: ${path}`);
  if (path === '/') return [''];
  return (isUnusual.test(path) ? posix.resolve(path) : path).split('/');
}

function setEntry({ entries }: DirectoryNode, name: string, node: Node | undefined): void {
  if (node === undefined) entries.delete(name);
  else entries.set(name, node);
}
