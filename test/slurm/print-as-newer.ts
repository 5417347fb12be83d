import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { runCommand } from './run-command.ts';

/** What Slurm 25.11 prints otherwise than Debian's 22.05, in a form that its own squeue and scontrol can be passed through. */
const filters = {
  // The seventh field is the wait status; behind each stands @BORDER@.
  squeue: `awk -F@ -v OFS=@ '$13 ~ /^[0-9]+ *$/ { $13 = sprintf("%-20s", int($13 / 256) ":" $13 % 128) } { print }'`,
  scontrol: [
    'sed -E',
    String.raw`-e 's/^(JobId=[0-9]+ JobName=[^ ]+) /\1 SLUID=s1G3ZQ6Y3Y2F00 /'`,
    String.raw`-e 's/ TRES=([^ ]*)/ ReqTRES=\1 AllocTRES=\1/'`,
    `-e 's/ WorkDir=/ SubmitLine=sbatch --hold --time=10-0:0:0 --comment=x JobState=y --job-name=x job.sh WorkDir=/'`,
    `-e 's/ StdErr=[^ ]*/ Extra=arch=zen3 StdErr=/'`,
    `-e 's/ Power= / /'`,
  ].join(' '),
};

/** What a program needs to see the real Slurm of this environment as if it were one of today; the commands go to a directory of that name. */
export async function printAsNewer(
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const path = environment['PATH'] ?? process.env['PATH'] ?? '';
  await mkdir(directory);
  for (const [name, filter] of Object.entries(filters)) {
    const real = (await runCommand({ environment: { PATH: path } }, 'sh', '-c', `command -v ${name}`)).trim();
    const script = join(directory, name);
    await writeFile(script, `#!/bin/bash\nset -o pipefail\n'${real}' "$@" | ${filter}\n`);
    await chmod(script, 0o755);
  }
  return { ...environment, PATH: `${directory}:${path}` };
}
