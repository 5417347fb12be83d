import type { Defect } from './defects.ts';

/** What goes wrong where several want one lease. */
export const leaseDefects: readonly Defect[] = [
  {
    name: 'the lease is not looked at before a write',
    file: 'src/outside/files/check-before-writes.ts',
    right: '  check = coalesce(first);',
    wrong: '  void first;',
  },
  {
    name: 'the lower lease is not removed at a take-over',
    file: 'src/daemon/lease.ts',
    right: 'for (const lower of numbers) if (lower < number) await removeLease(leasePath(directory, kind, lower));',
    wrong: '',
  },
  {
    name: 'a renewal brings back a lease that was removed',
    file: 'src/daemon/lease.ts',
    right: `    const file = await open(path, 'r+');
    try {
      if ((await file.readFile('utf8')) !== text) return 'gone';
      await file.write(text.slice(0, 1), 0);`,
    wrong: `    const file = await open(path, 'w');
    try {
      await file.writeFile(text);`,
  },
  {
    name: 'a number is used again',
    file: 'src/daemon/lease.ts',
    right: '    const number = (found?.number ?? 0) + 1;',
    wrong: '    const number = found?.number ?? 1;\n    if (found) await removeDurably(found.path);',
  },
  {
    name: 'the time is that of the own clock',
    file: 'src/daemon/lease.ts',
    right: 'return (await stat(probe)).mtimeMs;',
    wrong: 'return Date.now();',
  },
  {
    name: 'the time is asked for after the lease was read',
    file: 'src/daemon/lease.ts',
    right: `    const now = await timeOfFileServer(directory, kind, token);
    const found = await readLease(directory, kind);`,
    wrong: `    const found = await readLease(directory, kind);
    const now = await timeOfFileServer(directory, kind, token);`,
  },
  {
    name: 'a torn line is cut off without a look at the lease',
    file: 'src/outside/files/append-line.ts',
    right: `    await mayWrite()
      .then(() => file.truncate(size))`,
    wrong: '    await file\n      .truncate(size)',
  },
];
