import { type AskOptions, runSacct } from './ask-for-jobs.ts';
import type { EndFacts, HowEnded } from './job-state.ts';
import { accountedFormat, parseAccountedFacts, parseShownFacts } from './parse-end-facts.ts';
import { readListing, runCommand } from './read-listing.ts';
import { newBorder } from './records.ts';
import { scontrolCommand } from './scontrol-command.ts';
import type { AskedJob } from './slurm.ts';

/** Asks the controller; then accounting for what the controller has forgotten, and for the peak of memory, which it alone knows. */
export async function readEndFacts(options: AskOptions, job: AskedJob, how: HowEnded): Promise<EndFacts> {
  const shown = await askController(options, job);
  const isAll = how === 'timeout' ? shown.timeLimit : how === 'out of memory' ? shown.peakBytes : shown.nodes;
  return isAll === undefined ? { ...(await askAccounting(options, job)), ...shown } : shown;
}

async function askController(options: AskOptions, job: AskedJob): Promise<EndFacts> {
  const command = scontrolCommand(options.scontrol, job);
  const said = readListing('scontrol', await runCommand(options, command, ['--oneliner', 'show', 'jobid', job.id]));
  return said.kind === 'text' && said.text.startsWith(`JobId=${job.id} `) ? parseShownFacts(said.text) : {};
}

async function askAccounting(options: AskOptions, job: AskedJob): Promise<EndFacts> {
  const border = newBorder();
  const said = await runSacct(options, [job], border, accountedFormat, []);
  return said.kind === 'text' ? parseAccountedFacts(said.text, border, job.id, job.directory) : {};
}
