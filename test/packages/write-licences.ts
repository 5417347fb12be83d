import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allowedLicences, licencesOf } from './licences.ts';
import { type LockFile, readLockFile } from './lock-file.ts';

const introduction = `# Licences of what the bot runs on

The bot itself is under GPL-2.0-only, the licence of the Python bot whose place it takes ([LICENSE](../LICENSE)). This page lists every package that \`npm ci --omit=dev\` installs, with the licence that
\`package-lock.json\` tells of it. It is written by \`node test/packages/write-licences.ts\`. \`npm run check\` fails where it is out of date, and where a package has a licence that is not one of
${allowedLicences.join(', ')}: then look for another package, or agree to the licence in \`test/packages/licences.ts\`. The programs \`node\` of the two \`node-linux-…\` packages hold libraries of others; their \`LICENSE\` lists them.

## GPL-2.0-only and Apache-2.0

Some of the packages are under Apache-2.0: those of AWS, and some that the packages for GitHub, for child processes and for tar archives need. The Free Software Foundation holds that Apache-2.0 does not go together with version 2 of the GPL, as it does with version 3: it ends patent licences in cases, and asks for indemnities, that the GPL of version 2 does not know.

- **Who runs the bot is free to.** The GPL asks nothing of running a program (section 0), nor of changing it for oneself. A site that clones the repository and has npm fetch the packages distributes nothing.
- **Who passes on our sources alone** (this repository, an archive of it, a recipe that clones it and runs \`npm ci\` where it is installed) passes on no package: it holds none.
- **Who passes on the two together** (a clone with its \`node_modules\`, a container image, an RPM, a module tree that others mount or copy) distributes a work that, as the Foundation reads the licences, combines the two, and has permission for neither. Do not, unless a lawyer of yours reads it otherwise. Give others a recipe that installs the packages at their site instead.
- **What would end it:** that the holders of the rights in the bot's code say "version 2 or any later version", or allow in writing to link with packages under Apache-2.0. Ask them, all of them: \`git shortlog --summary --email\` lists who wrote here. Contributions are under GPL-2.0-only until then. Leaving the upload program out is not enough, since the packages for GitHub and for child processes need such ones too.

This is what we know of it, and no legal advice.

## A bill of materials

\`node test/packages/bill-of-materials.ts\`, after \`npm ci\`, prints one in CycloneDX, with name, version, licence and SHA-512 of each package below. It has \`npm sbom\` (npm 9.5 or newer) read \`package-lock.json\`, needs no network, and ends with an error where a package is missing. \`npm sbom --omit=dev\` by itself is not enough: it leaves out each package that a development package needs too.
Where npm has installed the bot [as a package](setup.md#as-a-package-of-npm), \`npm sbom --sbom-format=cyclonedx\` there lists what is installed (\`--global\` with a global one); the archive itself holds none, since its packages are chosen when it is installed.
\`npm audit signatures\`, where packages are installed and the registry can be reached, checks that it has signed what is installed.

## The packages

| licence | packages |
| --- | --- |
`;

/** The text of docs/licences.md; run as a program, this file writes it. */
export function licencesPage(lock: LockFile): string {
  const rows = [...licencesOf(lock)].map(
    ([licence, packages]) => `| ${licence} | ${packages.map((name) => `\`${name}\``).join(', ')} |`,
  );
  return `${introduction}${rows.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(import.meta.dirname, '../../docs/licences.md'), licencesPage(await readLockFile()));
}
