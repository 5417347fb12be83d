import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

// What a module costs at each start stands in bench/README.md; these cost the most, and are not needed to start.
const hook = `import { registerHooks } from 'node:module';
const loaded = process.moduleLoadList;
registerHooks({ resolve(name, context, next) { loaded.push(name); return next(name, context); } });
process.on('exit', () => console.error(JSON.stringify(loaded)));`;

it.each(['event-handler', 'job-manager', 'admin'])(
  "%s loads neither Node's fetch nor prom-client to start",
  async (program) => {
    const { stderr } = await execa(join(root, 'scripts/run-program.sh'), [program, '--help'], {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` },
    });
    const loaded: string[] = JSON.parse(stderr);
    expect(loaded).toContain('commander');
    expect(loaded.filter((name) => /undici|^prom-client$/.test(name))).toEqual([]);
  },
);
