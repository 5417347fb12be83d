import { basename, join } from 'node:path';
import { readTolerantly } from '../configparser/read-tolerantly.ts';
import { readUntrusted } from '../outside/files/read-untrusted.ts';
import type { JobId } from '../outside/slurm/slurm.ts';
import { jobFiles } from './directories.ts';

/** More than any job has. Each costs requests, a row and a line of the ledger. */
const mostArtefacts = 1_000;

/** What a job says in `_bot_jobID.result` or `.test`. Undefined: missing or unreadable. */
export interface JobReport {
  /** Markdown or HTML; may be empty. */
  readonly description?: string;
  /** SUCCESS, FAILURE, UNKNOWN. */
  readonly status?: string;
  /** The entries of `artefacts`, unchanged: names or paths. */
  readonly artefacts: readonly string[];
}

/** Reads `[RESULT]`, by `bot/check-build.sh`. */
export async function readResult(directory: string, id: JobId): Promise<JobReport> {
  return await readReport(join(directory, jobFiles.result(id)), 'RESULT');
}

/** Reads `[TEST]`, by `bot/check-test.sh`. */
export async function readTest(directory: string, id: JobId): Promise<JobReport> {
  return await readReport(join(directory, jobFiles.test(id)), 'TEST');
}

/** The end marker, which our job script writes last. */
export interface EndMarker {
  readonly exitStatus?: number;
  /** Why it gave up, if it did. */
  readonly reason?: string;
}

/** Undefined until the job script ends, and again when it was restarted. */
export async function readEnd(directory: string, id: JobId): Promise<EndMarker | undefined> {
  const file = await readUntrusted(join(directory, jobFiles.end(id)), 10_000);
  if (file.kind === 'missing') return undefined;
  const text = file.kind === 'text' ? file.text : '';
  const exitStatus = /^exit = (\d{1,3})$/m.exec(text)?.[1];
  const reason = /^reason = (.+)$/m.exec(text)?.[1];
  return {
    ...(exitStatus === undefined ? {} : { exitStatus: Number(exitStatus) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

async function readReport(path: string, section: string): Promise<JobReport> {
  const file = await readUntrusted(path);
  if (file.kind !== 'text') return { artefacts: [] };
  const config = readTolerantly(file.text, 'comment_description');
  // Contradictory answers do not count: a job that says SUCCESS and FAILURE is not deployed.
  if (config.isContradictory(section, 'status')) return { artefacts: [] };
  const description = config.valueOf(section, 'comment_description');
  const status = config.valueOf(section, 'status')?.trim();
  const lines = (config.valueOf(section, 'artefacts') ?? '').split('\n').map((line) => line.trim());
  const artefacts = lines.filter((name) => name !== '');
  if (artefacts.length > mostArtefacts) {
    const why = `\`${basename(path)}\` names ${artefacts.length} artefacts; it is not believed, since ${mostArtefacts} are the most`;
    return { description: why, artefacts: [] };
  }
  return {
    ...(description !== undefined && { description }),
    ...(status && { status }),
    artefacts,
  };
}
