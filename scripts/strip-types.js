// Node strips no types below node_modules, where npm puts the package of the bot: ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING.
// run-program.sh has this file loaded there, before the program. It strips as Node does, types becoming blanks: lines and columns stay.
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

const sources = new URL('../src/', import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith(sources) || !url.endsWith('.ts')) return nextLoad(url, context);
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
    return { format: 'module', source, shortCircuit: true };
  },
});
