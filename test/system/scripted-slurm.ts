import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What squeue prints since `queue()` was called. */
export const showsQueue = '. "$SCRIPTED_SLURM/queue"';

interface QueuedJob {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly workDir: string;
  readonly cluster?: string;
  /** What wait(2) gave when it ended. */
  readonly waitStatus?: number;
}

/** sbatch, squeue and scontrol that do what the test says and keep how they were called: for what a real Slurm seldom does. */
export class ScriptedSlurm {
  readonly environment: Readonly<Record<string, string>>;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.environment = { PATH: `${join(directory, 'bin')}:${process.env['PATH']}`, SCRIPTED_SLURM: directory };
  }

  /** Its jobs have the ids 11, 12, …; the queue is empty, and scontrol does all and shows no jobs. */
  static async make(directory: string): Promise<ScriptedSlurm> {
    const slurm = new ScriptedSlurm(directory);
    await mkdir(join(directory, 'bin'), { recursive: true });
    await slurm.script('sbatch', 'echo "Submitted batch job $number"');
    await slurm.script('squeue', '');
    await slurm.script('scontrol', 'case "$*" in *"show jobs") echo "No jobs in the system" ;; esac');
    return slurm;
  }

  /**
   * From now on that program is this bash script; `$number` is 11 at its first call, 12 at its second. `row FIELD…` prints a record of
   * squeue or sacct, with what the caller wants behind each field.
   */
  async script(program: string, text: string): Promise<void> {
    const path = join(this.#directory, 'bin', program);
    // Not every program that the bot starts gets all of its environment.
    const head = `#!/bin/bash\nexport SCRIPTED_SLURM='${this.#directory}'`;
    await writeFile(`${path}.new`, `${head}\n${row}\n${keepCall(program)}\n${text}\n`);
    await chmod(`${path}.new`, 0o755);
    await rename(`${path}.new`, path);
  }

  /** The queue shows these jobs. */
  async queue(...jobs: readonly QueuedJob[]) {
    const lines = jobs.map(
      ({ id, state, reason = 'None', workDir, cluster = 'bot', waitStatus = 0 }) =>
        `row ${id} '${cluster}' main '${state}' '${reason}' 1 ${waitStatus} '${workDir}'`,
    );
    // In one go: squeue may be running.
    const path = join(this.#directory, 'queue');
    await writeFile(`${path}.new`, lines.map((line) => `${line}\n`).join(''));
    await rename(`${path}.new`, path);
    await this.script('squeue', showsQueue);
  }

  /** The words of each call so far. */
  async calls(program: string): Promise<string[][]> {
    const text = await readFile(join(this.#directory, `${program}.calls`), 'utf8').catch(() => '');
    return text
      .split(`\0${endOfCall}\0`)
      .filter((call) => call !== '')
      .map((call) => call.split('\0').slice(1));
  }

  /** Environment of the last call. */
  async environmentOf(program: string): Promise<string[]> {
    return (await readFile(join(this.#directory, `${program}.environment`), 'utf8')).split('\0');
  }

  /** Working directory of the last call. */
  async directoryOf(program: string): Promise<string> {
    return (await readFile(join(this.#directory, `${program}.directory`), 'utf8')).trim();
  }
}

// The border is between the last two @ of the words, of squeue's --Format or of sacct's --delimiter.
const row = `border="$*"; border=\${border%@*}; border="@\${border##*@}@"
row() { for field; do printf '%s%s' "$field" "$border"; done; echo; }`;

/** At a line end bash would begin another write. */
const endOfCall = '\x1e';

function keepCall(program: string): string {
  const file = `"$SCRIPTED_SLURM/${program}`;
  // By one write, since both daemons may call a program at the same moment.
  return `printf '%s\\0' call "$@" '${endOfCall}' >>${file}.calls"
env -0 >${file}.environment"; pwd >${file}.directory"
number=$((10 + $(tr -cd '${endOfCall}' <${file}.calls" | wc -c)))`;
}
