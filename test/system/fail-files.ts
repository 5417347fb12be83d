import { readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

// Loaded into a daemon before its own code (`node --import`): as long as the file FAIL_FILES is there, whatever would change something
// below the directory that it names fails with the error that it names, such as `EIO /site/jobs`; or, as in `EIO /site/jobs fsync`, that
// call for that very path alone. `SIGKILL` is no error: it kills the daemon there. The production code knows nothing of it.

const plan = process.env['FAIL_FILES'] ?? '';
const pathOf = new WeakMap<object, string>();

function failIfPlanned(syscall: string, path: string): void {
  const [code = '', planned = '', only] = readPlan().split(' ');
  const isPlanned = only === undefined ? path.startsWith(planned) : only === syscall && path === planned;
  if (code === '' || !isPlanned) return;
  if (code === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${code}: as planned, ${syscall} '${path}'`), { code, syscall, path });
}

function readPlan(): string {
  try {
    return readFileSync(plan, 'utf8').trim();
  } catch {
    return '';
  }
}

type Functions = Record<string, (...args: unknown[]) => Promise<unknown>>;
const functions = promises as unknown as Functions;
for (const name of ['link', 'mkdir', 'rename', 'symlink', 'unlink', 'writeFile']) {
  const original = functions[name];
  if (original === undefined) throw new Error(`node:fs/promises has no ${name}`);
  functions[name] = async (...args) => {
    failIfPlanned(name, String(args[name === 'symlink' || name === 'rename' || name === 'link' ? 1 : 0]));
    return await original.apply(promises, args);
  };
}

const open = promises.open;
const probe = await open('/dev/null', 'r');
const methods = Object.getPrototypeOf(probe) as Functions;
await probe.close();
// Writing is only into the memory of the machine at first: it is the sync that tells.
for (const name of ['sync', 'datasync']) {
  const original = methods[name];
  if (original === undefined) throw new Error(`a FileHandle has no ${name}`);
  methods[name] = async function (this: object, ...args) {
    failIfPlanned('fsync', pathOf.get(this) ?? '');
    return await original.apply(this, args);
  };
}
functions['open'] = async (...args) => {
  const file = await open(...(args as Parameters<typeof open>));
  pathOf.set(file, String(args[0]));
  return file;
};
syncBuiltinESMExports();
